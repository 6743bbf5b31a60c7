using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats priority queues as their comparer and their elements with priorities.</summary>
/// <remarks>Elements of the same priority may leave the copy in another order: a priority queue promises none.</remarks>
internal sealed class PriorityQueueFormatter<TElement, TPriority>(IMessagePackFormatter<(TElement Element, TPriority Priority)[]?> items)
    : IMessagePackFormatter<PriorityQueue<TElement, TPriority>?>
{
    private readonly bool _mayChange = ChangingTypes.Contains(typeof(TPriority));

    public void Serialize(ref MessagePackWriter writer, PriorityQueue<TElement, TPriority>? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        var isCompared = KnownComparer.Write<TPriority>(ref writer, value.Comparer, context) || _mayChange;
        (TElement Element, TPriority Priority)[] all = [.. value.UnorderedItems];
        if (isCompared)
            CheckHeap(value, all, KeyChecks.Changed, context);
        context.EnterWhole(isCompared); // priorities are compared while the queue is built
        items.Serialize(ref writer, all, options);
        context.LeaveWhole(isCompared);
    }

    // The items are in the order of a heap, so that they are taken over as they are.
    public PriorityQueue<TElement, TPriority>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var context = (PayloadContext)options;
        var comparer = KnownComparer.ReadComparer<TPriority>(ref reader, context);
        context.EnterOpen();
        var all = items.Deserialize(ref reader, options) ?? [];
        context.LeaveOpen();
        var queue = new PriorityQueue<TElement, TPriority>(all, comparer);
        context.Graph.AtEnd(() => CheckHeap(queue, all, KeyChecks.Arrived, context));
        return queue;
    }

    // No item comes before the one that is its parent in the heap.
    private static void CheckHeap(
        PriorityQueue<TElement, TPriority> queue, (TElement Element, TPriority Priority)[] all, string why, PayloadContext context)
    {
        const int Children = 4; // what PriorityQueue documents
        for (var i = 1; i < all.Length; i++)
        {
            if (queue.Comparer.Compare(all[i].Priority, all[(i - 1) / Children].Priority) < 0)
                throw KeyChecks.CreateError(queue, "is not in order", why, context);
        }
    }
}
