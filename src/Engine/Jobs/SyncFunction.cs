using ActorPool.Chunking;

namespace ActorPool.Jobs;

/// <summary>A function that runs on the worker's thread from the first item to the last.</summary>
internal abstract class SyncFunction<TIn, TOut> : ChunkFunction<TIn, TOut>
{
    /// <summary>Runs the items from <see cref="WorkContext.Offset"/> on, until the end or a revocation.</summary>
    /// <remarks>The tight loop; it moves the offset with each item.</remarks>
    protected abstract void RunFrom(ChunkRun run, Chunk<TIn, TOut> chunk);

    /// <summary>Runs one item, and does not publish its result.</summary>
    protected abstract TOut RunOne(Chunk<TIn, TOut> chunk, int offset);

    public sealed override ValueTask RunAsync(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        if (run.IsGuarded)
            RunGuarded(run, chunk);
        else if (run.TracesItems)
            RunTraced(run, chunk);
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
            // The try is around the loop, not in it: items that do not throw should not pay for those that do.
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

    /// <summary>Does what <see cref="RunUnguarded"/> does, with a span for each item.</summary>
    private void RunTraced(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        var keepAfter = run.FirstToKeep;
        for (var i = 0; i < chunk.Count && !run.Lease.ShouldStop; i++)
        {
            run.Context.Offset = i;
            var span = run.StartSpan();
            try
            {
                var result = RunOne(chunk, i);
                ChunkRun.EndSpan(span);
                if (run.Lease.ShouldStop)
                    return;
                if (Shape != ResultShape.None)
                    chunk.Results.Span[i] = result;
                if (i >= keepAfter)
                    keepAfter = run.Keep(i + 1);
            }
            catch (Exception e)
            {
                ChunkRun.EndSpan(span, e);
                if (!run.Fail(i, e))
                    return;
            }
        }
    }

    private void RunGuarded(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        var items = Shape == ResultShape.PerChunk ? 1 : chunk.Count;
        var keepAfter = run.FirstToKeep;
        var tracesItems = run.TracesItems;
        for (var i = 0; i < items && run.Begin(i); i++)
        {
            var span = tracesItems ? run.StartSpan() : null;
            try
            {
                var result = RunOne(chunk, i);
                ChunkRun.EndSpan(span);
                if (!run.Lease.TryPublish())
                    return;
                if (Shape != ResultShape.None)
                    chunk.Results.Span[i] = result;
                run.Lease.EndPublish();
                if (i >= keepAfter)
                    keepAfter = run.Keep(i + 1);
            }
            catch (Exception e)
            {
                ChunkRun.EndSpan(span, e);
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
