using ActorPool.Serialization;

namespace ActorPool.Tests.Serialization;

/// <summary>Sends values through a payload and back.</summary>
internal static class Payloads
{
    public static PayloadSerializer New(PayloadLimits? limits = null) => new(limits ?? new PayloadLimits(), LoadedModules.Instance);

    public static byte[] Bytes<T>(ReadOnlyMemory<T> items, PayloadSerializer? serializer = null, long firstIndex = 0)
    {
        using var writer = new PayloadWriter();
        (serializer ?? New()).GetCodec<T>().Write(writer, items, firstIndex);
        var bytes = writer.ToArray();
        Assert.Equal(writer.Length, bytes.Length);
        return bytes;
    }

    public static async Task<T[]> ReadAsync<T>(byte[] bytes, int count, PayloadSerializer? serializer = null)
    {
        var items = new T[count];
        var reader = new MemoryPayloadReader(bytes);
        await (serializer ?? New()).GetCodec<T>().ReadAsync(reader, items, CancellationToken.None);
        Assert.Equal(0, reader.Remaining);
        return items;
    }

    /// <summary>Writes items with one serializer and reads them with another, as between processes.</summary>
    public static async Task<T[]> TripAsync<T>(params T[] items) => await ReadAsync<T>(Bytes<T>(items), items.Length);

    public static async Task<T> TripOneAsync<T>(T item) => (await TripAsync([item]))[0];

    public static PayloadException Refusal<T>() => Assert.Throws<PayloadException>(() => New().GetCodec<T>());
}
