using System.Threading.Channels;

namespace ActorPool.Gathering;

/// <summary>A stream of results; each enumeration is a separate job.</summary>
internal sealed class ResultStream<TOut>(Func<CancellationToken, ResultEnumerator<TOut>> start, CancellationToken token)
    : IAsyncEnumerable<TOut>
{
    public IAsyncEnumerator<TOut> GetAsyncEnumerator(CancellationToken cancellationToken = default) => Start(cancellationToken);

    public ResultEnumerator<TOut> Start(CancellationToken cancellationToken)
    {
        if (!token.CanBeCanceled || !cancellationToken.CanBeCanceled)
            return start(token.CanBeCanceled ? token : cancellationToken);
        var both = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
        var enumerator = start(both.Token);
        enumerator.Owned = both;
        return enumerator;
    }
}

/// <summary>The same stream with outcomes in place of exceptions.</summary>
internal sealed class OutcomeStream<TOut>(ResultStream<TOut> results) : IAsyncEnumerable<ItemResult<TOut>>
{
    public IAsyncEnumerator<ItemResult<TOut>> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(results.Start(cancellationToken));

    private sealed class Enumerator(ResultEnumerator<TOut> inner) : IAsyncEnumerator<ItemResult<TOut>>
    {
        public ItemResult<TOut> Current => inner.CurrentOutcome;

        public ValueTask<bool> MoveNextAsync() => inner.MoveAsync();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
