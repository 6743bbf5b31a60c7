using System.Runtime.InteropServices;

namespace ActorPool.Jobs;

/// <summary>A cancellation whose token is made when it is first asked for.</summary>
/// <remarks>Most functions never ask. All members may be called from any thread; it is a field, never a copy.</remarks>
[StructLayout(LayoutKind.Auto)]
internal struct LazyCancellation
{
    private static readonly CancellationTokenSource s_cancelled = CreateCancelled(); // stands for those that were cancelled before

    private CancellationTokenSource? _source;

    /// <summary>Gets the token.</summary>
    /// <param name="outer">The job whose end cancels it, too; null: none.</param>
    public CancellationToken GetToken(JobExecution? outer = null)
    {
        var source = Volatile.Read(ref _source) ?? CreateSource(outer);
        try
        {
            return source.Token;
        }
        catch (ObjectDisposedException)
        {
            return outer?.Token ?? default; // its item ended at this moment
        }
    }

    /// <summary>Cancels the token, also one that is asked for later.</summary>
    /// <remarks>Callbacks run on the .NET thread pool, never in the actor that calls this, but for a simulation.</remarks>
    /// <param name="pool">The pool whose item or job it is.</param>
    public void Cancel(PoolState pool)
    {
        if (Interlocked.CompareExchange(ref _source, s_cancelled, null) is { } source && !ReferenceEquals(source, s_cancelled))
            _ = CancelQuietly(source, isOnOneThread: pool.Stage is not null);
    }

    /// <summary>Gives the token up: the next one is another.</summary>
    /// <remarks>A cancellation before the first token stays.</remarks>
    public void Reset()
    {
        if (Volatile.Read(ref _source) is { } source && !ReferenceEquals(source, s_cancelled))
            Interlocked.Exchange(ref _source, null)?.Dispose();
    }

    private CancellationTokenSource CreateSource(JobExecution? outer)
    {
        var created = outer is null ? new CancellationTokenSource() : CancellationTokenSource.CreateLinkedTokenSource(outer.Token);
        if (Interlocked.CompareExchange(ref _source, created, null) is not { } other)
            return created;
        created.Dispose();
        return other;
    }

    private static CancellationTokenSource CreateCancelled()
    {
        var source = new CancellationTokenSource();
        source.Cancel();
        return source;
    }

    private static async Task CancelQuietly(CancellationTokenSource source, bool isOnOneThread)
    {
        try
        {
            if (isOnOneThread)
                source.Cancel();
            else
                await source.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The item ended at this moment: there is nothing to cancel.
        }
        catch (AggregateException)
        {
            // A callback that a function registered threw. Its item or job has its outcome already, and no one waits for this one.
        }
    }
}
