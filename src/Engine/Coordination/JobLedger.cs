using ActorPool.Chunking;
using ActorPool.Configuration;
using ActorPool.Insights;
using ActorPool.Jobs;

namespace ActorPool.Coordination;

/// <summary>Records which chunks of one job are in flight or requeued, and limits them.</summary>
/// <remarks>It knows no actor. Only the coordinator uses it.</remarks>
/// <param name="execution">The job.</param>
/// <param name="sizer">Chooses the sizes of chunks; null for a job of one input at most.</param>
/// <param name="maxInWindow">Items in the largest window.</param>
internal sealed class JobLedger(JobExecution execution, ChunkSizer? sizer, int maxInWindow)
{
    private LeaseSet _inFlight;
    private RequeuedChunks? _requeued; // null until the first one: most jobs never have any
    private long _released;

    public JobExecution Job { get; } = execution;

    /// <summary>Leases that were dispatched and have not come back.</summary>
    public LeaseSet InFlight => _inFlight;

    /// <summary>Gets the largest size of an adaptive chunk.</summary>
    /// <remarks>The largest window has room for several such chunks for each worker; without a window there is no limit.</remarks>
    public static int GetMaxChunkItems(JobExecution execution, PoolSettings settings, int workers) =>
        HasWindow(execution) ? Math.Max(1, settings.StreamMaxWindow / (ChunksInFlight * workers)) : int.MaxValue;

    /// <summary>Whether nothing remains to be dispatched, whatever the window allows.</summary>
    public bool IsExhausted => !HasRequeued && Job.Input.IsExhausted;

    /// <summary>Whether a requeued chunk waits to be dispatched.</summary>
    public bool HasRequeued => _requeued is { Count: > 0 };

    /// <summary>The charges of the requeued chunk with the fewest; <see cref="int.MaxValue"/> without one.</summary>
    public int FewestLosses => _requeued?.FewestLosses ?? int.MaxValue;

    /// <summary>Items that no longer count against the window.</summary>
    public long Released => _released;

    /// <summary>Whether a requeued chunk waits that has at least this many charges.</summary>
    public bool HasSuspect(int losses) => _requeued?.HasSuspect(losses) is true;

    /// <summary>Whether chunks are short enough for one to wait at a busy node.</summary>
    /// <remarks>For a long one, a worker elsewhere might be free first.</remarks>
    public bool MayQueue => sizer is { IsSettled: true };

    /// <summary>Gets the position up to which inputs may be read and dispatched.</summary>
    public long GetInputLimit(int workers) => _released + GetWindow(workers);

    /// <summary>Takes the next chunk for a worker; null when there is none for it now.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="max">Items that it may still take; 1 or more.</param>
    /// <param name="workers">Workers that share the job.</param>
    /// <param name="avoidFailedWorker">Whether to leave a chunk that this worker has failed at to another one.</param>
    /// <param name="maxLosses">Charges that the chunk may have; a chunk with more goes to an empty node.</param>
    public Lease? TryTake(int worker, int max, int workers, bool avoidFailedWorker, int maxLosses = int.MaxValue)
    {
        var lease = TakeRequeued(worker, max, avoidFailedWorker, maxLosses) ?? TakeNew(max, workers);
        if (lease is not null)
            _inFlight.Add(lease);
        return lease;
    }

    /// <summary>Settles a lease that its worker has reported; false if it was settled before.</summary>
    public bool TrySettle(Lease lease)
    {
        if (!_inFlight.Remove(lease))
            return false;
        sizer?.Record(lease.Chunk.Count, lease.Elapsed);
        Record(lease, lease.HasFailures ? ChunkState.Failed : ChunkState.Done);
        Retry(lease);
        if (!Job.AwaitsConsumer)
            _released += lease.Chunk.Count - CountRetries(lease);
        return true;
    }

    /// <summary>Records the bytes that a chunk took on the network.</summary>
    public void RecordBytes(Lease lease, long limit) => sizer?.RecordBytes(lease.Chunk.Count, lease.Bytes, limit);

    /// <summary>Charges all items of a lease with a loss, and requeues them in smaller chunks.</summary>
    /// <param name="lease">The lease; it is in flight no longer.</param>
    /// <param name="losses">Charges that each of its items has now.</param>
    /// <param name="parts">Chunks that are made of it; 1 to its number of items.</param>
    public void RequeueInParts(Lease lease, int losses, int parts)
    {
        if (!_inFlight.Remove(lease))
            return;
        var chunk = lease.Chunk;
        Record(lease, ChunkState.Requeued, chunk.Count);
        for (var (part, start) = (0, 0); part < parts; part++)
        {
            var end = (int)((long)chunk.Count * (part + 1) / parts);
            var slice = parts == 1 ? chunk : chunk.Slice(start, end - start);
            Requeue(new RequeuedChunk(slice, lease.Attempt, losses, lease.WorkerId));
            start = end;
        }
    }

    /// <summary>Requeues the items of a revoked lease that have no outcome.</summary>
    /// <param name="lease">The lease; it is in flight no longer.</param>
    /// <param name="settled">Items with an outcome or in the lease's <see cref="Lease.Retries"/>, from the start of the chunk.</param>
    /// <param name="countLoss">Whether the item behind them is charged with a loss, and requeued in a chunk without others.</param>
    public void Requeue(Lease lease, int settled, bool countLoss)
    {
        if (!_inFlight.Remove(lease))
            return;
        Record(lease, ChunkState.Requeued, lease.Chunk.Count - settled);
        Retry(lease);
        if (!Job.AwaitsConsumer)
            _released += settled - CountRetries(lease);
        var next = settled;
        if (countLoss && next < lease.Chunk.Count)
        {
            var single = Job.ChunkIsItem ? lease.Chunk : lease.Chunk.Slice(next, 1);
            Requeue(new RequeuedChunk(single, lease.Attempt, lease.Losses + 1, lease.WorkerId));
            next += single.Count;
        }
        if (next < lease.Chunk.Count)
        {
            // If no item was settled or charged, all keep their losses: a worker that is lost before it claims a chunk must not clear them.
            var losses = next == 0 ? lease.Losses : 0;
            Requeue(new RequeuedChunk(lease.Chunk.Slice(next, lease.Chunk.Count - next), lease.Attempt, losses, Avoid: -1));
        }
    }

    /// <summary>Requeues the items of a lease that was lost with its worker process.</summary>
    /// <param name="lease">The lease; it is in flight no longer.</param>
    /// <param name="apart">Items that have their outcome, or run again without others; by position.</param>
    public void RequeueAround(Lease lease, IReadOnlyList<ItemsApart> apart)
    {
        if (!_inFlight.Remove(lease))
            return;
        Record(lease, ChunkState.Requeued, lease.Chunk.Count - apart.Where(items => items.NextAttempt is null).Sum(items => items.Count));
        var next = 0;
        foreach (var items in apart)
        {
            RequeueUncharged(lease, next, items.First - next);
            next = items.First + items.Count;
            if (items.NextAttempt is { } attempt)
                Requeue(new RequeuedChunk(lease.Chunk.Slice(items.First, items.Count), attempt, items.Losses, lease.WorkerId));
            else if (!Job.AwaitsConsumer)
                _released += items.Count;
        }
        RequeueUncharged(lease, next, lease.Chunk.Count - next);
    }

    /// <summary>Requeues an item, or a chunk that is one, after an exception.</summary>
    public void Retry(Lease lease, int offset) => Requeue(new RequeuedChunk(
        Job.ChunkIsItem ? lease.Chunk : lease.Chunk.Slice(offset, 1), lease.Attempt + 1, lease.Losses, lease.WorkerId));

    /// <summary>Requeues failed items as if they had never run; they count against the window again.</summary>
    public void RunAgain(TakenFailures failures)
    {
        foreach (var (start, count) in failures.Runs)
        {
            for (var done = 0; done < count;)
            {
                var size = Math.Min(count - done, sizer?.Current ?? 1);
                RunAgain(Job.CutAgain(start + done, size));
                done += size;
            }
        }
        foreach (var item in failures.Items)
            RunAgain(item);
    }

    /// <summary>Records that a consumer has taken this many items.</summary>
    public void Release(long items) => _released += items;

    /// <summary>Removes a lease of an ended job.</summary>
    public void Forget(Lease lease) => _inFlight.Remove(lease);

    /// <summary>Describes the chunks in flight.</summary>
    public IReadOnlyList<ChunkInsight> DescribeRunning()
    {
        var (clock, now) = (Job.Pool.Settings.TimeProvider, Job.Meter.GetElapsed(Job.Pool));
        return [.. _inFlight.Where(lease => lease.IsClaimed).Take(ChunkLog.MaxChunks).Select(lease => new ChunkInsight(
            lease.Chunk.Start, lease.Chunk.Count, ChunkState.Running, lease.Attempt, lease.WorkerName,
            FindBegin(lease) is var begin and > 0 ? clock.GetElapsedTime(Job.Meter.Started, begin) : now, End: null,
            TimeSpan.Zero)
        {
            SizeReason = lease.Chunk.SizeReason,
        })];
    }

    private static long FindBegin(Lease lease) => lease.Sent > 0 ? lease.Sent : lease.ItemStarted;

    /// <summary>Records a chunk that is back, unless it is the job's only one.</summary>
    private void Record(Lease lease, ChunkState state, int requeued = 0)
    {
        if (sizer is null)
            return;
        var clock = Job.Pool.Settings.TimeProvider;
        var (now, chunk) = (clock.GetTimestamp(), lease.Chunk);
        var end = clock.GetElapsedTime(Job.Meter.Started, now).TotalSeconds;
        var work = state == ChunkState.Requeued ? 0 : lease.Elapsed.TotalSeconds;
        var away = lease.Sent > 0 ? clock.GetElapsedTime(lease.Sent, now).TotalSeconds : 0;
        Job.GetRecorder().Record(
            new RecordedChunk(
                chunk.Start, chunk.Count, lease.Attempt, state, lease.WorkerId, lease.RemoteName, end - Math.Max(away, work), end, work)
            {
                SizeReason = chunk.SizeReason,
                Waited = Math.Clamp(lease.Queue.Waited.TotalSeconds, 0, Math.Max(0, away - work)),
            },
            new RoundTrip(away, lease.Serializing.TotalSeconds) { TakenByOthers = lease.Queue.TakenByOthers.TotalSeconds }, requeued,
            Job.Options.ShowInputs ? chunk : null);
    }

    /// <summary>Whether a window limits the job.</summary>
    /// <remarks>Inputs in memory whose results are all kept need none: it would bound nothing.</remarks>
    private static bool HasWindow(JobExecution execution) => execution.AwaitsConsumer || execution.Input.Reader is not null;

    private void RequeueUncharged(Lease lease, int offset, int count)
    {
        if (count > 0)
            Requeue(new RequeuedChunk(lease.Chunk.Slice(offset, count), lease.Attempt, Losses: 0, Avoid: -1));
    }

    private void Retry(Lease lease)
    {
        foreach (var offset in lease.Retries ?? [])
        {
            Retry(lease, offset);
            if (Job.ChunkIsItem)
                break;
        }
    }

    private void RunAgain(Chunk chunk)
    {
        Requeue(new RequeuedChunk(chunk, Job.FirstAttempt, Losses: 0, Avoid: -1));
        if (!Job.AwaitsConsumer)
            _released -= chunk.Count;
    }

    private int CountRetries(Lease lease) => lease.Retries is null ? 0 : Job.ChunkIsItem ? lease.Chunk.Count : lease.Retries.Count;

    private void Requeue(RequeuedChunk chunk) => (_requeued ??= new RequeuedChunks()).Add(chunk);

    private Lease? TakeRequeued(int worker, int max, bool avoidFailedWorker, int maxLosses)
    {
        if (!HasRequeued || _requeued!.Take(worker, avoidFailedWorker, maxLosses) is not { } requeued)
            return null;
        var chunk = requeued.Chunk;
        if (!Job.ChunkIsItem && chunk.Count > max)
        {
            _requeued.PutBack(requeued with { Chunk = chunk.Slice(max, chunk.Count - max) });
            chunk = chunk.Slice(0, max);
        }
        chunk.SizeReason = ChunkSizeReason.Again;
        return new Lease(Job, chunk, requeued.Attempt, requeued.Losses);
    }

    private Lease? TakeNew(int max, int workers)
    {
        var input = Job.Input;
        if (input.IsExhausted)
            return null;
        var room = HasWindow(Job) ? GetInputLimit(workers) - input.Taken : long.MaxValue;
        var chosen = sizer?.Next(input.Count - input.Taken, workers) ?? 1;
        var size = Math.Min(Math.Min(chosen, room), GetFairShare(workers));
        if (!Job.ChunkIsItem)
            size = Math.Min(size, max);
        if (size < 1 || Job.Cut((int)size) is not { } chunk)
            return null;
        var reason = size == chosen ? sizer?.Reason ?? ChunkSizeReason.FewItems
            : size == max && size < room ? ChunkSizeReason.WorkerLimit
            : ChunkSizeReason.Window;
        chunk.SizeReason = chunk.Count < size && reason != ChunkSizeReason.FewItems ? ChunkSizeReason.Inputs : reason;
        return new Lease(Job, chunk, Job.FirstAttempt, losses: 0);
    }

    // A chunk that took all of a narrow window would leave the other workers without one.
    private long GetFairShare(int workers) => Job.Options.ChunkSize is null && Job.Options.Window is { } window
        ? Math.Max(1, window / (2 * workers))
        : long.MaxValue;

    private long GetWindow(int workers) =>
        Job.Options.Window ?? Math.Min((long)ChunksInFlight * workers * Math.Max(1, sizer?.Current ?? 1), maxInWindow);

    /// <summary>Chunks for each worker in a window that follows the size of the chunks.</summary>
    /// <remarks>One runs, one waits, and two are on their way through gatherer and consumer.</remarks>
    private const int ChunksInFlight = 4;
}

/// <summary>Items of a lost chunk that are not requeued together with their neighbours.</summary>
/// <param name="First">Position of the first in the chunk.</param>
/// <param name="Count">Items.</param>
/// <param name="NextAttempt">The attempt with which they run again; null: they have their outcome.</param>
/// <param name="Losses">Charges that each of them has.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct ItemsApart(int First, int Count, int? NextAttempt, int Losses = 0);
