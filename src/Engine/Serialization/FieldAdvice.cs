using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Says how a program can leave out a field whose value cannot travel.</summary>
internal static class FieldAdvice
{
    private const string MappingAttribute = "Microsoft.FSharp.Core.CompilationMappingAttribute";
    private const int FSharpKinds = 31, FSharpSum = 1, FSharpRecord = 2, FSharpClosure = 6; // SourceConstructFlags of FSharp.Core

    /// <summary>Returns the advice, after a space; empty for a field that no program can mark.</summary>
    /// <param name="field">The field that holds the value; null if none does.</param>
    public static string Get(FieldInfo? field)
    {
        if (field?.DeclaringType is not { } type || IsMade(type) || field.Name.EndsWith(">P", StringComparison.Ordinal))
            return ""; // the compiler's, for a parameter of a primary constructor
        var mark = field.Name.StartsWith('<') ? "mark the property [field: NonSerialized]" : "mark the field [NonSerialized]";
        return $" Or {mark}, and it arrives empty: a method marked [OnDeserialized] can make its value anew.";
    }

    // Closures, anonymous types, F#'s unions and records, and what libraries of a language and .NET have.
    private static bool IsMade(Type type) =>
        FrameworkAssemblies.Contains(type.Assembly) || type.Assembly == typeof(FieldAdvice).Assembly
        || type.Assembly.GetName().Name is "FSharp.Core"
        || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || IsFSharpMade(type) || type.BaseType is { } parent && IsFSharpMade(parent);

    private static bool IsFSharpMade(Type type) => type.GetCustomAttributesData().Any(
        data => string.Equals(data.AttributeType.FullName, MappingAttribute, StringComparison.Ordinal)
            && data.ConstructorArguments is [{ Value: int flags }, ..]
            && (flags & FSharpKinds) is FSharpSum or FSharpRecord or FSharpClosure);
}
