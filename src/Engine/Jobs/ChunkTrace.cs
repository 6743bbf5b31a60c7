using System.Diagnostics;
using ActorPool.Diagnostics;

namespace ActorPool.Jobs;

/// <summary>Makes the spans of chunks and items.</summary>
/// <remarks>
/// <code>
/// job ──► chunk ──► item                              in one process
/// job ──► chunk, sent ═══► chunk, received ──► item   on a node, or in a worker process
/// </code>
/// </remarks>
internal static class ChunkTrace
{
    /// <summary>Starts the span of a chunk on its worker, and makes it the current one.</summary>
    /// <returns>Null if no one wants it.</returns>
    public static Activity? Start(WorkContext context)
    {
        var lease = context.Lease;
        var kind = lease.Job.IsPart ? ActivityKind.Server : ActivityKind.Internal;
        var span = Tracing.Start(Tracing.ChunkSpan, kind, lease.Job.Trace!.Context);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, lease);
            span.SetTag(Tags.Worker, lease.WorkerName);
            if (context.Pool.Identity.Node is { } node)
                span.SetTag(Tags.Node, node);
        }
        return span;
    }

    /// <summary>Starts the span of a chunk that goes to a node or a worker process.</summary>
    /// <param name="lease">The chunk.</param>
    /// <param name="place">The node's address, or the worker's name.</param>
    /// <param name="isWorker">Whether the place is a worker process.</param>
    /// <returns>Null if no one wants it.</returns>
    public static Activity? StartSent(Lease lease, string place, bool isWorker)
    {
        if (lease.Job.Trace is not { } trace || !Tracing.Source.HasListeners())
            return null;
        var span = Tracing.StartDetached(Tracing.ChunkSpan, ActivityKind.Client, trace.Context);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, lease);
            span.SetTag(isWorker ? Tags.Worker : Tags.Node, place);
        }
        return span;
    }

    /// <summary>Records how a chunk's items ended.</summary>
    /// <param name="span">The chunk's span.</param>
    /// <param name="failures">Items that failed; null for none.</param>
    public static void Record(Activity span, IReadOnlyList<WorkItemException>? failures)
    {
        if (failures is not { Count: > 0 })
            return;
        span.SetTag(Tags.ChunkFailures, failures.Count);
        span.SetError(failures[0]);
    }

    /// <summary>Starts the span of an item, and makes it the current one.</summary>
    public static Activity? StartItem(WorkContext context)
    {
        var span = Tracing.Start(Tracing.ItemSpan, ActivityKind.Internal, context.Lease.Span!.Context);
        if (span is { IsAllDataRequested: true })
        {
            var job = context.Lease.Job;
            span.SetTag(Tags.JobName, job.Name);
            span.SetTag(Tags.ItemIndex, context.ItemIndex);
            span.SetTag(Tags.Worker, context.Lease.WorkerName);
            if (context.Attempt > 1)
                span.SetTag(Tags.Attempt, context.Attempt);
            if (context.Pool.Identity.Node is { } node)
                span.SetTag(Tags.Node, node);
        }
        return span;
    }

    private static void Describe(Activity span, Lease lease)
    {
        var job = lease.Job;
        span.SetTag(Tags.JobName, job.Name);
        span.SetTag(Tags.Function, job.FunctionName);
        span.SetTag(Tags.PoolName, job.Pool.Identity.Pool);
        span.SetTag(Tags.ChunkStart, lease.Chunk.Start);
        span.SetTag(Tags.ChunkSize, lease.Chunk.Count);
        if (lease.Attempt > 1)
            span.SetTag(Tags.Attempt, lease.Attempt);
    }
}
