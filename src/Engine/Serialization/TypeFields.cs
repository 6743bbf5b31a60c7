using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>The instance fields of a type that travel, those of base classes first.</summary>
/// <remarks>
/// A class's fields are in the order of its metadata, which is the same wherever the same module is loaded. Found once for each type, since
/// <see cref="HashCodes"/> reads methods for it.
/// </remarks>
internal static class TypeFields
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConditionalWeakTable<Type, FieldInfo[]> s_declared = [];

    /// <param name="type">The type.</param>
    /// <param name="end">The base class whose fields do not count; null for all.</param>
    public static FieldInfo[] Get(Type type, Type? end = null)
    {
        var classes = new Stack<Type>();
        for (var level = type; level is not null && level != end && level != typeof(object); level = level.BaseType)
            classes.Push(level); // a struct's bases have no fields
        return [.. classes.SelectMany(level => s_declared.GetValue(level, FindDeclared))];
    }

    private static FieldInfo[] FindDeclared(Type level) =>
    [
        .. level.GetFields(Declared).OrderBy(f => f.MetadataToken)
            .Where(f => !f.IsDefined(typeof(NonSerializedAttribute), inherit: false) && !HashCodes.IsCache(f)),
    ];
}
