using ActorPool.Chunking;
using ActorPool.Workers;

namespace ActorPool.Functions;

/// <summary>A user's function in the shape in which a worker runs it: over one chunk, each item's exception caught and recorded.</summary>
internal abstract class ChunkFunction<TIn, TOut>
{
    /// <summary>How many results it leaves for a chunk.</summary>
    public virtual ResultShape Shape => ResultShape.PerItem;

    /// <summary>Whether it may give up its thread before it is done.</summary>
    public virtual bool IsAsync => false;

    /// <summary>What the user wrote, for a node to make the same of it.</summary>
    public abstract CallDescription Describe();

    /// <summary>Runs over the chunk until its end, its revocation, or a failure that ends the job; never throws.</summary>
    public abstract ValueTask RunAsync(ChunkRun run, Chunk<TIn, TOut> chunk);
}

/// <summary>A function that runs on the worker's thread from the first item to the last.</summary>
internal abstract class SyncFunction<TIn, TOut> : ChunkFunction<TIn, TOut>
{
    /// <summary>The tight loop: from <see cref="WorkContext.Offset"/> on, which it moves with each item, until the end or a revocation.</summary>
    protected abstract void RunFrom(ChunkRun run, Chunk<TIn, TOut> chunk);

    /// <summary>One item, its result not yet published.</summary>
    protected abstract TOut RunOne(Chunk<TIn, TOut> chunk, int offset);

    public sealed override ValueTask RunAsync(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        if (run.IsGuarded)
            RunGuarded(run, chunk);
        else
            RunUnguarded(run, chunk);
        return default;
    }

    private void RunUnguarded(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        var items = Shape == ResultShape.PerChunk ? 1 : chunk.Count;
        var context = run.Context;
        context.Offset = 0;
        while (context.Offset < items)
        {
            // The try stands around the loop, not in it: items that do not throw should not pay for those that do.
            try
            {
                RunFrom(run, chunk);
                return;
            }
            catch (Exception e)
            {
                if (!run.Fail(context.Offset, e))
                    return;
                context.Offset++;
            }
        }
    }

    private void RunGuarded(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        var items = Shape == ResultShape.PerChunk ? 1 : chunk.Count;
        for (var i = 0; i < items && run.Begin(i); i++)
        {
            try
            {
                var result = RunOne(chunk, i);
                if (!run.Lease.TryPublish())
                    return;
                if (Shape != ResultShape.None)
                    chunk.Results.Span[i] = result;
                run.Lease.Published();
            }
            catch (Exception e)
            {
                if (!run.Fail(i, e))
                    return;
            }
            finally
            {
                run.Lease.EndItem();
            }
        }
    }
}

/// <summary>A function that is awaited for one item after the other. Always guarded: its worker can be stopped while it waits.</summary>
internal abstract class AsyncFunction<TIn, TOut> : ChunkFunction<TIn, TOut>
{
    public sealed override bool IsAsync => true;

    protected abstract ValueTask<TOut> RunOneAsync(TIn input, CancellationToken cancellationToken);

    public sealed override async ValueTask RunAsync(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        for (var i = 0; i < chunk.Count && run.Begin(i); i++)
        {
            try
            {
                var result = await RunOneAsync(chunk.Inputs.Span[i], run.Context.CancellationToken);
                if (!run.Lease.TryPublish())
                    return;
                if (Shape != ResultShape.None)
                    chunk.Results.Span[i] = result;
                run.Lease.Published();
            }
            catch (Exception e)
            {
                if (!run.Fail(i, e))
                    return;
            }
            finally
            {
                run.Lease.EndItem();
            }
        }
    }
}
