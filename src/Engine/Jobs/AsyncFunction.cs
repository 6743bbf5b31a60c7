using System.Runtime.CompilerServices;
using ActorPool.Chunking;

namespace ActorPool.Jobs;

/// <summary>A function that is awaited for one item after another.</summary>
/// <remarks>
/// Its leases are always guarded: its worker can be stopped while it waits. It continues in its worker's context, like the function: so
/// each item starts on a thread of the pool, and on the thread on which the last one ended.
/// </remarks>
internal abstract class AsyncFunction<TIn, TOut> : ChunkFunction<TIn, TOut>
{
    public sealed override bool IsAsync => true;

    protected abstract ValueTask<TOut> RunOneAsync(TIn input, WorkContext context);

    // Of all builders only this one lets the worker's report follow on the same thread, whatever context is there.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public sealed override async ValueTask RunAsync(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        var keepAfter = run.FirstToKeep;
        var tracesItems = run.TracesItems;
        for (var i = 0; i < chunk.Count && run.Begin(i); i++)
        {
            var span = tracesItems ? run.StartSpan() : null;
            try
            {
                var result = await RunOneAsync(chunk.Inputs.Span[i], run.Context).ConfigureAwait(true);
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
