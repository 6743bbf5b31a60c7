using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorPool.Serialization;

/// <summary>The bytes of values that hold no references: what they are in memory is what travels.</summary>
internal static class RawMemory
{
    // A smaller one costs less to copy than a segment of its own costs to send.
    private const int SmallestReference = 8 * 1024;
    private const int LargestSlice = 1 << 30; // a span has at most int.MaxValue bytes

    private static readonly BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Whether the type's values are nothing but their bytes.</summary>
    /// <param name="pointer">Where a pointer or native handle stands in it, as <c>.Field.Field</c>; such a value means nothing elsewhere.</param>
    public static bool IsRaw(Type type, out string? pointer)
    {
        pointer = null;
        if (type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint))
        {
            pointer = "";
            return false;
        }
        if (type.IsPrimitive || type.IsEnum)
            return true;
        if (!type.IsValueType || type.IsByRefLike)
            return false;
        foreach (var field in type.GetFields(Fields))
        {
            if (IsRaw(field.FieldType, out var inner))
                continue;
            if (inner is not null)
                pointer = $".{TypeText.Of(field)}{inner}";
            return false;
        }
        return true;
    }

    public static Span<byte> Bytes<T>(Span<T> items) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), checked(items.Length * Unsafe.SizeOf<T>()));

    public static ReadOnlySpan<byte> Bytes<T>(ReadOnlySpan<T> items) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), checked(items.Length * Unsafe.SizeOf<T>()));

    public static void Write<T>(PayloadWriter writer, ReadOnlyMemory<T> items)
    {
        if ((long)items.Length * Unsafe.SizeOf<T>() < SmallestReference)
        {
            var bytes = Bytes(items.Span);
            if (bytes.Length == 0)
                return;
            bytes.CopyTo(writer.GetSpan(bytes.Length));
            writer.Advance(bytes.Length);
            return;
        }
        for (var slice = SliceLength<T>(); items.Length > 0; items = items[Math.Min(slice, items.Length)..])
            writer.Reference(new View<T>(items[..Math.Min(slice, items.Length)]).Memory);
    }

    public static async ValueTask ReadAsync<T>(PayloadReader reader, Memory<T> items, CancellationToken cancellationToken)
    {
        for (var slice = SliceLength<T>(); items.Length > 0; items = items[Math.Min(slice, items.Length)..])
            await PayloadHeader.ReadAsync(reader, new View<T>(items[..Math.Min(slice, items.Length)]).Memory, typeof(T), cancellationToken);
    }

    private static int SliceLength<T>() => LargestSlice / Unsafe.SizeOf<T>();

    /// <summary>Memory of values, seen as bytes.</summary>
    private sealed class View<T>(ReadOnlyMemory<T> items) : MemoryManager<byte>
    {
        private readonly Memory<T> _items = MemoryMarshal.AsMemory(items);

        public override Memory<byte> Memory => CreateMemory(checked(_items.Length * Unsafe.SizeOf<T>()));

        public override Span<byte> GetSpan() => Bytes(_items.Span);

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            var handle = _items.Pin();
            return new MemoryHandle((byte*)handle.Pointer + elementIndex, pinnable: new Release(handle));
        }

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }

        // Several sends of one view may overlap, so each pin is released by itself.
        private sealed class Release(MemoryHandle handle) : IPinnable
        {
            private MemoryHandle _handle = handle;

            public MemoryHandle Pin(int elementIndex) => throw new NotSupportedException("This is pinned already.");

            public void Unpin() => _handle.Dispose();
        }
    }
}
