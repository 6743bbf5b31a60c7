using System.Collections;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>The fields of an F# assembly that only its start sets.</summary>
/// <remarks>
/// F# marks neither <c>let</c>, <c>static let</c> nor <c>member val</c> of its classes as read-only, and keeps the values of its modules in
/// classes of its own, one for each file. The assembly is read once, when a field of it is first asked for.
/// </remarks>
internal sealed class FSharpFields
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly;
    private const BindingFlags Static =
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConditionalWeakTable<Module, FSharpFields> s_known = [];

    private readonly Lazy<HashSet<int>> _changing;
    private readonly Lazy<FieldInfo[]> _values;

    private FSharpFields(Module module)
    {
        IsOn = module.Assembly.GetCustomAttributesData()
            .Any(data => data.AttributeType.FullName is "Microsoft.FSharp.Core.FSharpInterfaceDataVersionAttribute");
        var types = new Lazy<Type[]>(() => GetTypes(module));
        _changing = new(() => [.. types.Value.Where(type => !IsStartup(type)).SelectMany(FindChanging)]);
        _values = new(() =>
        [
            .. types.Value.Where(IsStartup).SelectMany(type => type.GetFields(Static)).Where(f => f.IsInitOnly)
                .OrderBy(f => f.MetadataToken),
        ]);
    }

    private bool IsOn { get; }

    /// <summary>Whether nothing sets a field after its object, or its class, was made.</summary>
    public static bool IsReadOnly(FieldInfo field) =>
        field.IsAssembly && field.DeclaringType is { IsGenericType: false } && s_known.GetValue(field.Module, Read) is { IsOn: true } fields
        && !fields._changing.Value.Contains(field.MetadataToken);

    /// <summary>Finds the values of an assembly's modules that may hold objects of a type.</summary>
    /// <remarks>None for records and unions, which programs compare by what they hold.</remarks>
    public static FieldInfo[] FindValues(Type type) =>
        !type.IsGenericType && !typeof(IStructuralEquatable).IsAssignableFrom(type)
        && s_known.GetValue(type.Module, Read) is { IsOn: true } fields
            ? fields._values.Value
            : [];

    /// <summary>Whether a class holds the values of a file's modules.</summary>
    public static bool IsStartup(Type? type) => type?.Namespace?.StartsWith("<StartupCode$", StringComparison.Ordinal) is true;

    private static FSharpFields Read(Module module) => new(module);

    private static IEnumerable<int> FindChanging(Type type) => type.GetMethods(All).SelectMany(method => GetWritten(method, own: null))
        .Concat(type.GetConstructors(All).SelectMany(constructor => GetWritten(constructor, type)));

    // What a constructor sets in its own class is the start. An address may be written through.
    private static IEnumerable<int> GetWritten(MethodBase method, Type? own)
    {
        const int Fields = 0x04;
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
            yield break;
        foreach (var one in IlReader.Read(il))
        {
            if ((one.Code == OpCodes.Stfld || one.Code == OpCodes.Stsfld || one.Code == OpCodes.Ldflda || one.Code == OpCodes.Ldsflda)
                && one.Operand >> 24 == Fields && (own is null || method.Module.ResolveField(one.Operand)?.DeclaringType != own))
                yield return one.Operand;
        }
    }

    private static Type[] GetTypes(Module module)
    {
        try
        {
            return module.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return [.. e.Types.OfType<Type>()]; // the others derive from types of missing assemblies
        }
    }
}
