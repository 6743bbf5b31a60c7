using System.Runtime.InteropServices;
using ActorPool.Chunking;
using ActorPool.Serialization;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>Keeps outcomes of a chunk's finished items where they outlive the worker process.</summary>
/// <remarks>
/// The chunk's loop calls it, on its thread. Results that the user's own code would have to write are not kept: that would run twice.
/// <see cref="KeptItems"/> reads what it writes.
/// </remarks>
/// <param name="keeping">Where they are kept, and when.</param>
/// <param name="chunk">The number of the chunk at the parent.</param>
/// <param name="start">Position of its first item in the job.</param>
internal abstract class ItemKeeper(ItemKeeping keeping, long chunk, long start)
{
    private Lease? _lease;
    private int _next; // items of the lease before it are kept, or have failed
    private bool _isOver;

    /// <summary>Keeps what is finished, if it is time.</summary>
    /// <param name="lease">The part of the chunk that runs.</param>
    /// <param name="done">Its finished items.</param>
    /// <returns>The offset of the item after which to call again.</returns>
    public int Keep(Lease lease, int done)
    {
        Enter(lease);
        if (_isOver)
            return int.MaxValue;
        if (!keeping.Pace.IsDue(out var stride))
            return done - 1 + stride;
        KeepResults(lease, done);
        keeping.Pace.Record();
        return done;
    }

    /// <summary>Keeps that an item has failed, and the results before it.</summary>
    /// <param name="lease">The part of the chunk that runs.</param>
    /// <param name="offset">The item.</param>
    /// <param name="failure">Its failure; null: it runs again.</param>
    public void KeepFailure(Lease lease, int offset, WorkItemException? failure)
    {
        Enter(lease);
        KeepResults(lease, offset);
        _next = offset + 1;
        var kind = failure is null ? KeptItems.Kind.RunsAgain : KeptItems.Kind.Failed;
        Write(lease, kind, offset, 1, writer =>
        {
            if (failure is not null)
                WriteFailure(writer, failure);
        });
    }

    protected abstract void WriteResults(PayloadWriter writer, Chunk part);

    protected abstract void WriteFailure(PayloadWriter writer, WorkItemException failure);

    private void Enter(Lease lease)
    {
        if (ReferenceEquals(lease, _lease))
            return;
        (_lease, _next) = (lease, 0);
    }

    private void KeepResults(Lease lease, int done)
    {
        if (done == _next)
            return;
        var part = lease.Chunk.Slice(_next, done - _next);
        Write(lease, KeptItems.Kind.Results, _next, part.Count, writer => WriteResults(writer, part));
        _next = done;
    }

    private void Write(Lease lease, KeptItems.Kind kind, int offset, int count, Action<PayloadWriter> write)
    {
        if (_isOver)
            return;
        using var writer = new PayloadWriter { IsDraft = true };
        try
        {
            write(writer);
            var first = (int)(lease.Chunk.Start - start) + offset;
            var header = new KeptItems.Header((int)kind, first, count, lease.Attempt, checked((int)writer.Length));
            var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<KeptItems.Header>(in header)).ToArray();
            _isOver = !keeping.Note.TryKeep(chunk, [bytes, .. writer.GetSegments()]);
        }
        catch (Exception)
        {
            // What cannot be written here fails the job when its outcome is written, unless only the user's own code may write it, or the
            // disk is full. Then the chunk's items run again if the process dies, as the contract allows.
            _isOver = true;
        }
    }
}

/// <summary>Where a worker process keeps finished items, and when.</summary>
internal sealed record ItemKeeping(WorkNote Note, KeepingPace Pace);

/// <summary>A keeper that knows how to write results.</summary>
/// <param name="keeping">Where they are kept, and when.</param>
/// <param name="chunk">The number of the chunk at the parent.</param>
/// <param name="start">Position of its first item in the job.</param>
/// <param name="results">Writes results; null for a function without them.</param>
/// <param name="exceptions">Writes what the function threw.</param>
internal sealed class ItemKeeper<TOut>(
    ItemKeeping keeping, long chunk, long start, PayloadCodec<TOut>? results, ExceptionFormat exceptions)
    : ItemKeeper(keeping, chunk, start)
{
    protected override void WriteResults(PayloadWriter writer, Chunk part) =>
        results?.Write(writer, ((ResultChunk<TOut>)part).Results, part.Start);

    protected override void WriteFailure(PayloadWriter writer, WorkItemException failure) =>
        WireRecord.Write(writer, DataProtocol.ItemFailure.From(failure, exceptions));
}
