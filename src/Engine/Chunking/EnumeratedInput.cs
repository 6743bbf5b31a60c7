namespace ActorPool.Chunking;

/// <summary>Inputs from an <see cref="IEnumerable{T}"/>, read by a thread that may block in it.</summary>
internal sealed class EnumeratedInput<T>(IEnumerable<T> source) : BufferedInput<T>
{
    private IEnumerator<T>? _enumerator;
    private bool _disposed;

    protected override ValueTask ReadPartAsync()
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
                    Release();
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
        return default;
    }

    protected override ValueTask ReleaseAsync()
    {
        Release();
        return default;
    }

    private void Release()
    {
        if (_disposed)
            return;
        _disposed = true;
        _enumerator?.Dispose();
    }
}
