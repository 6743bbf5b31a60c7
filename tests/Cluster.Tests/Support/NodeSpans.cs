using System.Collections.Concurrent;
using System.Diagnostics;

namespace ActorPool.ClusterTests.Support;

/// <summary>Keeps the spans of this process: the tests', a node's or a worker's.</summary>
public static class NodeSpans
{
    private static readonly ConcurrentQueue<NodeSpan> s_spans = [];
    private static int s_listens;

    /// <summary>Listens until the process ends; an initializer, which runs once for each worker.</summary>
    public static void Listen()
    {
        if (Interlocked.Exchange(ref s_listens, 1) == 0)
            _ = StartListener();
    }

    public static ActivityListener StartListener()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "ActorPool",
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
            ActivityStopped = static span => s_spans.Enqueue(NodeSpan.From(span)),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    public static NodeSpan[] Get(string trace) => [.. s_spans.Where(span => string.Equals(span.Trace, trace, StringComparison.Ordinal))];
}

/// <summary>A span, as values that travel.</summary>
public sealed record NodeSpan(
    string Trace, string Id, string Parent, string Name, ActivityKind Kind, string? Job, string? Node, long? Item, string? Error)
{
    public static NodeSpan From(Activity span)
    {
        ArgumentNullException.ThrowIfNull(span);
        return new NodeSpan(
            span.TraceId.ToHexString(), span.SpanId.ToHexString(), span.ParentSpanId.ToHexString(), span.OperationName, span.Kind,
            (string?)span.GetTagItem("actorpool.job.name"), (string?)span.GetTagItem("actorpool.node"),
            (long?)span.GetTagItem("actorpool.item.index"), (string?)span.GetTagItem("error.type"));
    }
}
