namespace ActorPool.Chunking;

/// <summary>Inputs from an <see cref="IAsyncEnumerable{T}"/>; holds no thread while it waits for them.</summary>
internal sealed class AsyncEnumeratedInput<T>(IAsyncEnumerable<T> source) : BufferedInput<T>
{
    private readonly CancellationTokenSource _stop = new();
    private IAsyncEnumerator<T>? _enumerator;
    private bool _disposed;

    protected override async ValueTask ReadPartAsync()
    {
        if (HasEnded)
            return;
        try
        {
            _enumerator ??= source.GetAsyncEnumerator(_stop.Token)
                ?? throw new InvalidOperationException("The inputs' GetAsyncEnumerator returned null.");
            while (MayRead)
            {
                if (!await _enumerator.MoveNextAsync().ConfigureAwait(false))
                {
                    await ReleaseAsync().ConfigureAwait(false);
                    End();
                    break;
                }
                Append(_enumerator.Current);
            }
        }
        catch (Exception e)
        {
            End(e);
        }
        KeepContext();
    }

    public override void Stop()
    {
        base.Stop();
        // The token's callbacks are the source's code: they must not run, or throw, in the coordinator that calls this.
        _ = _stop.CancelAsync();
    }

    protected override async ValueTask ReleaseAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_enumerator is not null)
            await _enumerator.DisposeAsync().ConfigureAwait(false);
    }
}
