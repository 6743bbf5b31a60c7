using System.Threading.Channels;
using ActorPool.Chunking;
using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>Neighbouring results of a stream, some of which may be failures.</summary>
/// <param name="Start">Position of the first.</param>
/// <param name="Results">The results; undefined where an item failed.</param>
/// <param name="Attempt">Which attempt produced them.</param>
/// <param name="Failures">The failures, by position; null for none.</param>
internal readonly record struct StreamSegment<TOut>(
    long Start, ReadOnlyMemory<TOut> Results, int Attempt, IReadOnlyDictionary<long, WorkItemException>? Failures);

/// <summary>Answers with a stream: hands segments to the consumer as soon as their order allows.</summary>
/// <param name="order">The order of the results.</param>
/// <param name="isOnOneThread">Whether the consumer continues on the gatherer's thread, as in a simulation.</param>
/// <remarks>
/// The channel itself is unbounded. The job's window bounds it: items in it count against the window until the consumer has taken them.
/// </remarks>
internal sealed class StreamSink<TOut>(JobOrder order, bool isOnOneThread = false) : JobSink<TOut>
{
    private readonly ReorderBuffer<StreamSegment<TOut>> _order = new();
    private readonly Channel<StreamSegment<TOut>> _segments =
        Channel.CreateUnbounded<StreamSegment<TOut>>(
            new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = isOnOneThread });

    public ChannelReader<StreamSegment<TOut>> Segments => _segments.Reader;

    public override bool Accept(ChunkOutcome outcome)
    {
        var failures = outcome.Failures?.ToDictionary(failure => failure.Index);
        var accepted = true;
        foreach (var part in outcome.GetSettledParts())
        {
            var segment = new StreamSegment<TOut>(part.Start, ((ResultChunk<TOut>)part).Results, outcome.Attempt, failures);
            if (order == JobOrder.Completion)
                _segments.Writer.TryWrite(segment);
            else
                accepted &= _order.Add(part.Start, part.Count, segment);
        }
        while (_order.TryTake(out var next))
            _segments.Writer.TryWrite(next);
        return accepted;
    }

    public override void Succeed() => _segments.Writer.TryComplete();

    public override void Fail(Exception reason) => _segments.Writer.TryComplete(reason);
}
