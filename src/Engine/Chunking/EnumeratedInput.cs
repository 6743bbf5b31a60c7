namespace ActorPool.Chunking;

/// <summary>Inputs from an <see cref="IEnumerable{T}"/>, read by a thread that may block in it.</summary>
internal sealed class EnumeratedInput<T>(IEnumerable<T> source) : BufferedInput<T>
{
    private IEnumerator<T>? _enumerator;
    private bool _disposed;

    public override ValueTask ReadAsync()
    {
        if (HasEnded)
            return default;
        try
        {
            _enumerator ??= source.GetEnumerator() ?? throw new InvalidOperationException("The inputs' GetEnumerator returned null.");
            while (MayRead)
            {
                if (!_enumerator.MoveNext())
                {
                    Dispose();
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
        return default;
    }

    public override ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _enumerator?.Dispose();
    }
}

/// <summary>Inputs from an <see cref="IAsyncEnumerable{T}"/>; holds no thread while it waits for them.</summary>
internal sealed class AsyncEnumeratedInput<T>(IAsyncEnumerable<T> source) : BufferedInput<T>
{
    private readonly CancellationTokenSource _stop = new();
    private IAsyncEnumerator<T>? _enumerator;
    private bool _disposed;

    public override async ValueTask ReadAsync()
    {
        if (HasEnded)
            return;
        try
        {
            _enumerator ??= source.GetAsyncEnumerator(_stop.Token) ?? throw new InvalidOperationException("The inputs' GetAsyncEnumerator returned null.");
            while (MayRead)
            {
                if (!await _enumerator.MoveNextAsync())
                {
                    await DisposeAsync();
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
    }

    public override void Stop()
    {
        base.Stop();
        // Callbacks of the token are the source's code: they must not run, or throw, in the coordinator that calls this.
        _ = _stop.CancelAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_enumerator is not null)
            await _enumerator.DisposeAsync();
    }
}
