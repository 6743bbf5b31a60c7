using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorPool.Serialization;

/// <summary>Finds fields that share memory, in types that use <see cref="FieldOffsetAttribute"/>.</summary>
/// <remarks>
/// Numbers that share memory are each valid. Of references that share memory, only one has its field's type, and it is unknown which. A
/// local time changes its bits with the time zone.
/// </remarks>
internal static class FieldOverlap
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Finds two fields in the same memory, one of them with a reference or time.</summary>
    /// <returns>Null if there are none, or if neither of the two travels.</returns>
    public static (FieldInfo First, FieldInfo Second)? Find(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            // A derived class's fields come after those of its base, so they do not overlap.
            if (level.IsExplicitLayout && FindDeclared(level.GetFields(Declared)) is { } found)
                return found;
        }
        return null;
    }

    private static (FieldInfo First, FieldInfo Second)? FindDeclared(FieldInfo[] fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            for (var k = 0; k < i; k++)
            {
                var (first, second) = (fields[k], fields[i]);
                if (ShareMemory(first, second)
                    && (HoldsReference(first.FieldType) || HoldsReference(second.FieldType)) && (Travels(first) || Travels(second)))
                    return (first, second);
            }
        }
        return null;
    }

    /// <summary>Whether two fields of a class with explicit layout share memory.</summary>
    public static bool ShareMemory(FieldInfo first, FieldInfo second) =>
        GetStart(first) < GetEnd(second) && GetStart(second) < GetEnd(first);

    private static int GetStart(FieldInfo field) => field.GetCustomAttribute<FieldOffsetAttribute>()?.Value ?? 0;

    private static int GetEnd(FieldInfo field) => GetStart(field) + RuntimeHelpers.SizeOf(field.FieldType.TypeHandle);

    private static bool Travels(FieldInfo field) => !field.IsDefined(typeof(NonSerializedAttribute), inherit: false);

    private static bool HoldsReference(Type type)
    {
        if (!type.IsValueType)
            return !type.IsPointer && !type.IsFunctionPointer;
        if (type == typeof(DateTime))
            return true;
        return !type.IsPrimitive && !type.IsEnum && type.GetFields(Declared).Any(f => HoldsReference(f.FieldType));
    }
}
