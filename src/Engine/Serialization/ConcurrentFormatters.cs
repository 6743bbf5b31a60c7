using System.Collections.Concurrent;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats a collection that other threads may change meanwhile.</summary>
/// <remarks>Sent as an array of the items at one moment; rebuilt on arrival.</remarks>
internal abstract class ProducerConsumerFormatter<TCollection, T>(IMessagePackFormatter<T[]?> items) : IMessagePackFormatter<TCollection?>
    where TCollection : class, IProducerConsumerCollection<T>
{
    public void Serialize(ref MessagePackWriter writer, TCollection? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        items.Serialize(ref writer, value.ToArray(), options);
    }

    public TCollection? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        items.Deserialize(ref reader, options) is { } all ? Build(all) : null;

    protected abstract TCollection Build(T[] all);
}

internal sealed class ConcurrentQueueFormatter<T>(IMessagePackFormatter<T[]?> items)
    : ProducerConsumerFormatter<ConcurrentQueue<T>, T>(items)
{
    protected override ConcurrentQueue<T> Build(T[] all) => new(all);
}

internal sealed class ConcurrentStackFormatter<T>(IMessagePackFormatter<T[]?> items)
    : ProducerConsumerFormatter<ConcurrentStack<T>, T>(items)
{
    // The array begins with the top item, which was pushed last.
    protected override ConcurrentStack<T> Build(T[] all)
    {
        all.AsSpan().Reverse();
        return new ConcurrentStack<T>(all);
    }
}

internal sealed class ConcurrentBagFormatter<T>(IMessagePackFormatter<T[]?> items) : ProducerConsumerFormatter<ConcurrentBag<T>, T>(items)
{
    // A bag first returns the item that its thread added last.
    protected override ConcurrentBag<T> Build(T[] all)
    {
        all.AsSpan().Reverse();
        return [.. all];
    }
}
