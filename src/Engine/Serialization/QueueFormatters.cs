using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats priority queues as their comparer and their elements with priorities.</summary>
/// <remarks>Elements of the same priority may leave the copy in another order: a priority queue promises none.</remarks>
internal sealed class PriorityQueueFormatter<TElement, TPriority>(IMessagePackFormatter<(TElement Element, TPriority Priority)[]?> items)
    : IMessagePackFormatter<PriorityQueue<TElement, TPriority>?>
{
    public void Serialize(ref MessagePackWriter writer, PriorityQueue<TElement, TPriority>? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        KnownComparer.Write<TPriority>(ref writer, value.Comparer, context);
        context.EnterWhole(); // priorities are compared while the queue is built
        items.Serialize(ref writer, [.. value.UnorderedItems], options);
        context.LeaveWhole();
    }

    // The items are in the order of a heap, so that they are taken over as they are.
    public PriorityQueue<TElement, TPriority>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var context = (PayloadContext)options;
        var comparer = KnownComparer.ReadComparer<TPriority>(ref reader, context);
        context.EnterWhole();
        var all = items.Deserialize(ref reader, options) ?? [];
        context.LeaveWhole();
        return new PriorityQueue<TElement, TPriority>(all, comparer);
    }
}
