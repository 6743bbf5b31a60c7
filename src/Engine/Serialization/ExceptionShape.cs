using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>What an exception of one class is made of.</summary>
/// <param name="State">What its base class of .NET has beside what every exception has; null for nothing.</param>
/// <param name="Fields">The fields of the program's own classes above that base class, base classes first.</param>
internal sealed record ExceptionShape(ExceptionState? State, IReadOnlyList<FieldInfo> Fields)
{
    private const BindingFlags DeclaredFields =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <exception cref="PayloadException">The class is not the program's, or derives from one of .NET's that is not listed.</exception>
    public static ExceptionShape Create(Type type, ITypeDirectory modules)
    {
        if (!typeof(Exception).IsAssignableFrom(type) || type.IsAbstract || type.ContainsGenericParameters)
            throw new PayloadException($"[{TypeText.Format(type)}] is not a class of exceptions");
        var own = new Stack<Type>();
        for (var level = type; ; level = level.BaseType!)
        {
            if (FrameworkExceptions.TryGetNumber(level, out _))
                return new ExceptionShape(ExceptionState.Find(level), [.. own.SelectMany(GetFields)]);
            if (!modules.Contains(level.Assembly))
            {
                throw new PayloadException(
                    $"[{TypeText.Format(level)}] is neither a class of the caller's program nor one of .NET's that come as themselves");
            }
            own.Push(level);
        }
    }

    private static IEnumerable<FieldInfo> GetFields(Type type) =>
        type.GetFields(DeclaredFields).OrderBy(field => field.MetadataToken)
            .Where(field => !field.IsDefined(typeof(NonSerializedAttribute), inherit: false));
}
