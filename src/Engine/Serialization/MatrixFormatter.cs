using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats arrays that have several dimensions or lower bounds other than 0.</summary>
/// <remarks>Sent as lengths, lower bounds, and items row by row. The lower bounds are omitted if all are 0, as is usual.</remarks>
internal sealed class MatrixFormatter<TArray, T>(int rank, IMessagePackFormatter<T>? item) : IMessagePackFormatter<TArray?>
    where TArray : class
{
    public void Serialize(ref MessagePackWriter writer, TArray? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var array = (Array)(object)value;
        var hasLowerBounds = false;
        for (var i = 0; i < rank; i++)
            hasLowerBounds |= array.GetLowerBound(i) != 0;
        writer.WriteArrayHeader((hasLowerBounds ? 2 * rank : rank) + 1);
        for (var i = 0; i < rank; i++)
            writer.Write(array.GetLength(i));
        for (var i = 0; hasLowerBounds && i < rank; i++)
            writer.Write(array.GetLowerBound(i));
        var items = AsSpan(array);
        if (item is null)
        {
            PackedBytes.Write<T>(ref writer, items);
            return;
        }
        writer.WriteArrayHeader(items.Length);
        foreach (var one in items)
            item.Serialize(ref writer, one, options);
    }

    public TArray? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var parts = reader.ReadArrayHeader();
        if (parts != rank + 1 && parts != 2 * rank + 1)
            throw new MessagePackSerializationException($"An array of [{rank}] dimensions has [{parts}] parts.");
        Span<int> lengths = stackalloc int[rank]; // 32 at most
        long all = 1;
        for (var i = 0; i < rank; i++)
        {
            lengths[i] = reader.ReadInt32();
            all *= lengths[i];
            // Checked after each dimension: a product that has overflowed may fit again after the next one.
            if (lengths[i] < 0 || all > Array.MaxLength)
                throw new MessagePackSerializationException($"An array of [{rank}] dimensions claims the length [{lengths[i]}].");
        }
        Span<int> lowerBounds = stackalloc int[rank];
        lowerBounds.Clear();
        for (var i = 0; parts > rank + 1 && i < rank; i++)
            lowerBounds[i] = reader.ReadInt32();
        if (item is null)
        {
            var bytes = PackedBytes.Read<T>(ref reader);
            CheckCount(all, bytes.Length / Unsafe.SizeOf<T>());
            var raw = Create(lengths, lowerBounds);
            if (bytes.Length > 0)
                PackedBytes.Copy(bytes, AsSpan(raw));
            return (TArray)(object)raw;
        }
        CheckCount(all, reader.ReadArrayHeader());
        var array = Create(lengths, lowerBounds);
        foreach (ref var one in AsSpan(array))
            one = item.Deserialize(ref reader, options);
        return (TArray)(object)array;
    }

    private static void CheckCount(long expected, long actual)
    {
        if (expected != actual)
            throw new MessagePackSerializationException($"An array has room for [{expected}] items, and the payload has [{actual}].");
    }

    private Array Create(ReadOnlySpan<int> lengths, ReadOnlySpan<int> lowerBounds) => rank == 2 && lowerBounds is [0, 0]
        ? new T[lengths[0], lengths[1]]
        : Array.CreateInstanceFromArrayType(typeof(TArray), lengths.ToArray(), lowerBounds.ToArray());

    // All items, for any rank.
    private static Span<T> AsSpan(Array array) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
}
