using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorPool.Serialization;

/// <summary>Keeps the instants of local times in values that travel as their bytes.</summary>
/// <remarks>
/// A <see cref="DateTime"/> of the kind <see cref="DateTimeKind.Local"/> means another instant in another time zone. So it travels with
/// the ticks of its universal time (<see cref="LocalTimeBits"/>). All other kinds have the same bits in both forms. Values
/// without a <see cref="DateTime"/> cost nothing; others one look at each time.
/// </remarks>
internal static class LocalTimes<T>
{
    private static readonly int[] s_offsets = FindOffsets();

    /// <summary>Whether one of the values holds a local time.</summary>
    public static bool AreIn(ReadOnlySpan<T> items)
    {
        if (s_offsets.Length == 0)
            return false;
        var bytes = RawMemory.AsBytes(items);
        for (var start = 0; start < bytes.Length; start += Unsafe.SizeOf<T>())
        {
            foreach (var offset in s_offsets)
            {
                if (MemoryMarshal.Read<long>(bytes[(start + offset)..]) < 0)
                    return true;
            }
        }
        return false;
    }

    /// <summary>Copies values; the copies have the universal times of local ones.</summary>
    public static T[] ToUniversal(ReadOnlySpan<T> items)
    {
        var copies = items.ToArray();
        Convert(copies, LocalTimeBits.Write);
        return copies;
    }

    /// <summary>Changes universal times of local ones into the local times of this process.</summary>
    public static void ToLocal(Span<T> items)
    {
        if (s_offsets.Length > 0)
            Convert(items, LocalTimeBits.Read);
    }

    private static void Convert(Span<T> items, Func<long, long> convert)
    {
        var bytes = RawMemory.AsBytes(items);
        for (var start = 0; start < bytes.Length; start += Unsafe.SizeOf<T>())
        {
            foreach (var offset in s_offsets)
            {
                var at = bytes[(start + offset)..];
                if (MemoryMarshal.Read<long>(at) is var bits && bits < 0)
                    MemoryMarshal.Write(at, convert(bits));
            }
        }
    }

    private static int[] FindOffsets() =>
        typeof(T).IsValueType && RawMemory.IsRaw(typeof(T), out _) ? DateFields.FindOffsets(typeof(T)) : [];
}

/// <summary>Finds where in the memory of a struct a <see cref="DateTime"/> is.</summary>
internal static class DateFields
{
    private const long Mark = 0x0123_4567_89AB_CDEF;
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static int[] FindOffsets(Type type)
    {
        if (type == typeof(DateTime))
            return [0];
        if (!type.IsValueType || type.IsPrimitive || type.IsEnum || type == typeof(DateTimeOffset))
            return []; // a DateTimeOffset has an offset of its own, whatever its time's kind
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            // Its flag comes first, and its value last.
            var shift = GetSize(type) - GetSize(underlying);
            return Array.ConvertAll(FindOffsets(underlying), offset => offset + shift);
        }
        return [.. type.GetFields(Fields).SelectMany(field => FindOffsets(type, field))];
    }

    private static IEnumerable<int> FindOffsets(Type type, FieldInfo field)
    {
        var inner = FindOffsets(field.FieldType);
        if (inner.Length == 0)
            yield break;
        if (type.IsExplicitLayout && type.GetFields(Fields).Any(other => other != field && FieldOverlap.ShareMemory(field, other)))
            yield break; // its bits may be those of another field
        var start = GetStart(type, field, inner[0]);
        var elements = type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1;
        for (var element = 0; element < elements; element++)
        {
            foreach (var offset in inner)
                yield return start + element * GetSize(field.FieldType) + offset;
        }
    }

    // Where a field is in memory is not told for all layouts, so it is tried: a mark in the field shows in the bytes.
    private static int GetStart(Type type, FieldInfo field, int offset)
    {
        var fieldType = Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType;
        var marked = RuntimeHelpers.GetUninitializedObject(fieldType);
        MemoryMarshal.Write(GetBytes(marked, fieldType)[(offset - (GetSize(field.FieldType) - GetSize(fieldType)))..], Mark);
        var holder = RuntimeHelpers.GetUninitializedObject(type);
        field.SetValue(holder, marked);
        var bytes = GetBytes(holder, type);
        for (var at = 0; at + sizeof(long) <= bytes.Length; at++)
        {
            if (MemoryMarshal.Read<long>(bytes[at..]) == Mark)
                return at - offset;
        }
        throw new InvalidOperationException($"[{type}] does not show its field [{field.Name}].");
    }

    private static int GetSize(Type type) => RuntimeHelpers.SizeOf(type.TypeHandle);

    private static Span<byte> GetBytes(object boxed, Type type) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<RawData>(boxed).First, GetSize(type));

    /// <summary>Stands for any boxed value: the first byte of its memory.</summary>
    private sealed class RawData
    {
        public byte First;
    }
}
