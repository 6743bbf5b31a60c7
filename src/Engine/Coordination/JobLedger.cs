using ActorPool.Chunking;
using ActorPool.Hosting;

namespace ActorPool.Coordination;

/// <summary>The books of one job: what was dealt and to whom, what has to be dealt again, and how much may be in flight.</summary>
/// <remarks>Knows no actor. Used by the coordinator alone.</remarks>
internal sealed class JobLedger(JobPlan plan, ChunkSizer sizer, int mostInWindow)
{
    /// <summary>Chunks that are made of one that was lost with its node.</summary>
    public const int Parts = 64;

    private readonly HashSet<Lease> _out = [];
    private readonly LinkedList<Redeal> _again = [];
    private long _released;

    public JobPlan Plan { get; } = plan;

    /// <summary>Leases that are dealt and have not come back.</summary>
    public IReadOnlyCollection<Lease> Out => _out;

    /// <summary>The largest adaptive chunk: a window, where there is one, has room for several of them for each worker.</summary>
    public static int LargestChunk(JobPlan plan, PoolSettings settings, int workers) =>
        HasWindow(plan) ? Math.Max(1, settings.StreamMaxWindow / (ChunksInFlight * workers)) : int.MaxValue;

    /// <summary>Whether there is nothing left to deal, whatever the window.</summary>
    public bool IsDry => _again.Count == 0 && Plan.Input.IsExhausted;

    /// <summary>Whether there is a chunk to be dealt again.</summary>
    public bool HasAgain => _again.Count > 0;

    /// <summary>Items that no longer count against the window.</summary>
    public long Released => _released;

    /// <summary>Whether a chunk waits to be dealt again over which so many workers were lost.</summary>
    public bool HasSuspect(int losses) => _again.Count > 0 && _again.Any(again => again.Losses >= losses);

    /// <summary>Whether its chunks are short enough for one to wait at a busy node: a long one might find another worker free meanwhile.</summary>
    public bool MayWait => sizer.IsSettled;

    /// <summary>The input position up to which may be read and dealt.</summary>
    public long Allowed(int workers) => _released + Window(workers);

    /// <summary>Takes the next chunk for a worker; null when there is none for it now.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="most">Items that it may still take; 1 or more.</param>
    /// <param name="workers">Workers that share the job.</param>
    /// <param name="choosy">Whether another worker can take what this one has failed at.</param>
    /// <param name="mostLosses">Workers that may have been lost over it before: a chunk with more is for one that has no other such chunk.</param>
    public Lease? TryTake(int worker, int most, int workers, bool choosy, int mostLosses = int.MaxValue)
    {
        var lease = TakeAgain(worker, most, choosy, mostLosses) ?? TakeNew(most, workers);
        if (lease is not null)
            _out.Add(lease);
        return lease;
    }

    /// <summary>A worker has let go of a lease; false when it had been settled before.</summary>
    public bool TrySettle(Lease lease, TimeSpan elapsed)
    {
        if (!_out.Remove(lease))
            return false;
        sizer.Record(lease.Chunk.Count, elapsed);
        RunAgain(lease);
        if (!Plan.AwaitsConsumer)
            _released += lease.Chunk.Count - AgainOf(lease);
        return true;
    }

    /// <summary>What a chunk weighed on the network.</summary>
    public void RecordBytes(Lease lease, long bytes, long limit) => sizer.RecordBytes(lease.Chunk.Count, bytes, limit);

    /// <summary>A node is lost with the lease: which item it was at, nobody knows. So all of them get the loss on their account, and come back in smaller chunks.</summary>
    /// <param name="lease">The lease; it leaves the books.</param>
    /// <param name="limit">Losses at which an item is given up. Only one that is alone in its chunk gets so far.</param>
    /// <remarks>An item that stops its process is alone after the second loss, if its chunk had up to <see cref="Parts"/> squared items, and found at the third.</remarks>
    public void PutBackFromNode(Lease lease, int limit)
    {
        if (!_out.Remove(lease))
            return;
        var chunk = lease.Chunk;
        var losses = lease.Losses + 1;
        var parts = 1;
        if (!Plan.ChunkIsItem && chunk.Count > 1)
            (parts, losses) = (Math.Min(Parts, chunk.Count), Math.Min(losses, Math.Max(1, limit - 1)));
        for (var (part, start) = (0, 0); part < parts; part++)
        {
            var end = (int)((long)chunk.Count * (part + 1) / parts);
            _again.AddLast(new Redeal(parts == 1 ? chunk : chunk.Slice(start, end - start), lease.Attempt, losses, lease.WorkerId));
            start = end;
        }
    }

    /// <summary>A node is lost that had not begun with the lease: nothing is on its account for that.</summary>
    public void PutBackUnbegun(Lease lease)
    {
        if (_out.Remove(lease))
            _again.AddLast(new Redeal(lease.Chunk, lease.Attempt, lease.Losses, lease.WorkerId));
    }

    /// <summary>The first part of a revoked lease has its outcome, the rest goes back.</summary>
    /// <param name="lease">The lease; it leaves the books.</param>
    /// <param name="settled">Items with an outcome or in the lease's <see cref="Lease.Again"/>, from the start of the chunk.</param>
    /// <param name="blamed">Whether the item behind them is to blame, and goes back by itself with a loss on its account.</param>
    public void PutBack(Lease lease, int settled, bool blamed)
    {
        if (!_out.Remove(lease))
            return;
        RunAgain(lease);
        if (!Plan.AwaitsConsumer)
            _released += settled - AgainOf(lease);
        var next = settled;
        if (blamed && next < lease.Chunk.Count)
        {
            var single = Plan.ChunkIsItem ? lease.Chunk : lease.Chunk.Slice(next, 1);
            _again.AddLast(new Redeal(single, lease.Attempt, lease.Losses + 1, lease.WorkerId));
            next += single.Count;
        }
        if (next < lease.Chunk.Count)
        {
            // What nobody began keeps its account: workers that die before they claim it must not clear it of those that died over it.
            var losses = next == 0 ? lease.Losses : 0;
            _again.AddLast(new Redeal(lease.Chunk.Slice(next, lease.Chunk.Count - next), lease.Attempt, losses, Avoid: -1));
        }
    }

    /// <summary>One item, or chunk that is one, runs again after an exception.</summary>
    public void RunAgain(Lease lease, int offset) => _again.AddLast(new Redeal(
        Plan.ChunkIsItem ? lease.Chunk : lease.Chunk.Slice(offset, 1), lease.Attempt + 1, lease.Losses, lease.WorkerId));

    /// <summary>A consumer has taken so many items.</summary>
    public void Release(long items) => _released += items;

    /// <summary>A lease of an ended job has come back.</summary>
    public void Forget(Lease lease) => _out.Remove(lease);

    /// <summary>Inputs in memory whose results are all kept need no window: there is nothing that it would bound.</summary>
    private static bool HasWindow(JobPlan plan) => plan.AwaitsConsumer || plan.Input.Reader is not null;

    private void RunAgain(Lease lease)
    {
        foreach (var offset in lease.Again ?? [])
        {
            RunAgain(lease, offset);
            if (Plan.ChunkIsItem)
                break;
        }
    }

    private int AgainOf(Lease lease) => lease.Again is null ? 0 : Plan.ChunkIsItem ? lease.Chunk.Count : lease.Again.Count;

    private Lease? TakeAgain(int worker, int most, bool choosy, int mostLosses)
    {
        for (var node = _again.First; node is not null; node = node.Next)
        {
            var again = node.Value;
            if ((choosy && again.Avoid == worker) || again.Losses > mostLosses)
                continue;
            _again.Remove(node);
            var chunk = again.Chunk;
            if (!Plan.ChunkIsItem && chunk.Count > most)
            {
                _again.AddFirst(again with { Chunk = chunk.Slice(most, chunk.Count - most) });
                chunk = chunk.Slice(0, most);
            }
            return new Lease(Plan, chunk, again.Attempt, again.Losses);
        }
        return null;
    }

    private Lease? TakeNew(int most, int workers)
    {
        var input = Plan.Input;
        if (input.IsExhausted)
            return null;
        var room = HasWindow(Plan) ? Allowed(workers) - input.Taken : long.MaxValue;
        var size = Math.Min(sizer.Next(input.Count - input.Taken, workers), room);
        if (!Plan.ChunkIsItem)
            size = Math.Min(size, most);
        if (size < 1 || Plan.Cut((int)Math.Min(size, FairShare(workers))) is not { } chunk)
            return null;
        return new Lease(Plan, chunk, Plan.FirstAttempt, losses: 0);
    }

    /// <summary>With a narrow window, a chunk that took all of it would leave the other workers without one.</summary>
    private long FairShare(int workers) => Plan.Options.ChunkSize is null && Plan.Options.Window is { } window ? Math.Max(1, window / (2 * workers)) : long.MaxValue;

    private long Window(int workers) => Plan.Options.Window ?? Math.Min((long)ChunksInFlight * workers * Math.Max(1, sizer.Current), mostInWindow);

    /// <summary>Chunks for each worker in a window that follows the chunks: one that runs, one that waits, two on their way through gatherer and consumer.</summary>
    private const int ChunksInFlight = 4;

    /// <param name="Chunk">What is dealt again.</param>
    /// <param name="Attempt">Which attempt it will be.</param>
    /// <param name="Losses">Workers that were lost over it.</param>
    /// <param name="Avoid">The worker that failed at it.</param>
    private sealed record Redeal(Chunk Chunk, int Attempt, int Losses, int Avoid);
}
