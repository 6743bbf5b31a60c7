using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Tells structures that are rows of items: <c>fixed</c> buffers and inline arrays.</summary>
internal static class FixedBuffers
{
    /// <summary>Whether a field is where the items of a <c>fixed</c> buffer begin.</summary>
    public static bool IsItem(FieldInfo field) => field.DeclaringType is { } type && IsFixed(type);

    /// <summary>Finds the type of the items; null for all other types.</summary>
    public static Type? FindItem(Type type) =>
        type.IsDefined(typeof(InlineArrayAttribute), inherit: false) || IsFixed(type)
            ? type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) is [var only] ? only.FieldType : null
            : null;

    private static bool IsFixed(Type type) =>
        type is { IsNested: true, IsValueType: true } && type.IsDefined(typeof(UnsafeValueTypeAttribute), inherit: false)
        && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
}
