using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Writes and reads values without references as their bytes in memory.</summary>
internal static class RawMemory
{
    // Fewer bytes cost less to copy than a separate segment costs to send.
    private const int MinReference = 8 * 1024;
    private const int MaxSlice = 1 << 30; // a span has at most int.MaxValue bytes

    private static readonly BindingFlags s_fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Whether values of the type can be sent as their bytes in memory.</summary>
    /// <remarks>
    /// False if one of its fields is marked <see cref="NonSerializedAttribute"/> or is a cache of its hash code, and if it has callbacks.
    /// </remarks>
    /// <param name="pointer">
    /// Path of a pointer or native handle in the type, as <c>.Field.Field</c>, empty for the type itself; else null. Such a value means
    /// nothing in another process.
    /// </param>
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
        if (!type.IsValueType || type.IsByRefLike || type == typeof(HashCode)
            || HashCodes.GetCaches(type).Length > 0 || SerializationCallbacks.Find(type) is not null)
            return false;
        foreach (var field in type.GetFields(s_fields))
        {
            if (field.IsDefined(typeof(NonSerializedAttribute), inherit: false))
                return false;
            if (IsRaw(field.FieldType, out var inner))
                continue;
            if (inner is not null)
                pointer = $".{CompilerNames.FormatField(field)}{inner}";
            return false;
        }
        return true;
    }

    public static Span<byte> AsBytes<T>(Span<T> items) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), checked(items.Length * Unsafe.SizeOf<T>()));

    public static ReadOnlySpan<byte> AsBytes<T>(ReadOnlySpan<T> items) =>
        MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), checked(items.Length * Unsafe.SizeOf<T>()));

    public static void Write<T>(PayloadWriter writer, ReadOnlyMemory<T> items)
    {
        if (LocalTimes<T>.AreIn(items.Span))
            items = LocalTimes<T>.ToUniversal(items.Span);
        if ((long)items.Length * Unsafe.SizeOf<T>() < MinReference)
        {
            var bytes = AsBytes(items.Span);
            if (bytes.Length == 0)
                return;
            bytes.CopyTo(writer.GetSpan(bytes.Length));
            writer.Advance(bytes.Length);
            return;
        }
        for (var slice = GetSliceLength<T>(); items.Length > 0; items = items[Math.Min(slice, items.Length)..])
            writer.AddReference(new View<T>(items[..Math.Min(slice, items.Length)]).Memory);
    }

    public static async ValueTask ReadAsync<T>(PayloadReader reader, Memory<T> items, CancellationToken cancellationToken)
    {
        var all = items;
        for (var slice = GetSliceLength<T>(); items.Length > 0; items = items[Math.Min(slice, items.Length)..])
        {
            var bytes = new View<T>(items[..Math.Min(slice, items.Length)]).Memory;
            await PayloadHeader.ReadAsync(reader, bytes, typeof(T), cancellationToken).ConfigureAwait(false);
        }
        LocalTimes<T>.ToLocal(all.Span);
    }

    private static int GetSliceLength<T>() => MaxSlice / Unsafe.SizeOf<T>();

    /// <summary>Memory of values as bytes.</summary>
    private sealed class View<T>(ReadOnlyMemory<T> items) : MemoryManager<byte>
    {
        private readonly Memory<T> _items = MemoryMarshal.AsMemory(items);

        public override Memory<byte> Memory => CreateMemory(checked(_items.Length * Unsafe.SizeOf<T>()));

        public override Span<byte> GetSpan() => AsBytes(_items.Span);

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            var handle = _items.Pin();
            return new MemoryHandle((byte*)handle.Pointer + elementIndex, pinnable: new Release(handle));
        }

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }

        // Several sends of one view may overlap, so each pin is released separately.
        private sealed class Release(MemoryHandle handle) : IPinnable
        {
            private MemoryHandle _handle = handle;

            public MemoryHandle Pin(int elementIndex) => throw new NotSupportedException("This memory is already pinned.");

            public void Unpin() => _handle.Dispose();
        }
    }
}
