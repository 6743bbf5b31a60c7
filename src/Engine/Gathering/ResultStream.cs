using System.Threading.Channels;
using ActorPool.Coordination;

namespace ActorPool.Gathering;

/// <summary>A stream of results: each enumeration is a job of its own.</summary>
internal sealed class ResultStream<TOut>(Func<CancellationToken, ResultEnumerator<TOut>> start, CancellationToken token) : IAsyncEnumerable<TOut>
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
    public IAsyncEnumerator<ItemResult<TOut>> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(results.Start(cancellationToken));

    private sealed class Enumerator(ResultEnumerator<TOut> inner) : IAsyncEnumerator<ItemResult<TOut>>
    {
        public ItemResult<TOut> Current => inner.CurrentOutcome;

        public ValueTask<bool> MoveNextAsync() => inner.MoveAsync();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

/// <summary>Walks over a stream's segments and tells the coordinator what was taken, so that it may read on.</summary>
internal sealed class ResultEnumerator<TOut>(JobPlan plan, ChannelReader<StreamSegment<TOut>> segments, Action<JobPlan, Exception> end, Action<JobPlan, long> yielded) : IAsyncEnumerator<TOut>
{
    // With a window of its caller's choice, credit goes back in parts of it: reading ahead never stalls while the consumer is in the middle of a long segment.
    private readonly int _creditStep = plan.Options.Window is { } window ? Math.Max(1, window / 8) : int.MaxValue;
    private StreamSegment<TOut> _segment;
    private int _offset;
    private int _uncredited;
    private bool _ended;

    /// <summary>What is to be disposed with the enumerator.</summary>
    public IDisposable? Owned { get; set; }

    public TOut Current => _segment.Results.Span[_offset];

    public ItemResult<TOut> CurrentOutcome => FailureHere is { } failure ? new ItemResult<TOut>(failure) : new ItemResult<TOut>(_segment.Start + _offset, Current, _segment.Attempt);

    private WorkItemException? FailureHere => _segment.Failures?.GetValueOrDefault(_segment.Start + _offset);

    public ValueTask<bool> MoveNextAsync()
    {
        var moved = MoveAsync();
        if (!moved.IsCompletedSuccessfully || FailureHere is not null)
            return ThrowFailureAsync(moved);
        return moved;
    }

    /// <summary>Moves to the next outcome, value or error.</summary>
    public ValueTask<bool> MoveAsync()
    {
        if (_offset + 1 >= _segment.Results.Length)
            return NextSegmentAsync();
        _offset++;
        Taken();
        return new ValueTask<bool>(true);
    }

    public ValueTask DisposeAsync()
    {
        if (!plan.HasEnded)
            end(plan, new OperationCanceledException($"The enumeration of {plan.Name} was left."));
        _ended = true;
        Owned?.Dispose();
        return default;
    }

    private async ValueTask<bool> NextSegmentAsync()
    {
        Credit();
        (_segment, _offset) = (default, 0);
        try
        {
            while (!_ended)
            {
                // What was computed before the cancellation is not handed out behind it.
                plan.ThrowIfCancelledByCaller();
                if (segments.TryRead(out _segment))
                {
                    Taken();
                    return true;
                }
                _ended = !await segments.WaitToReadAsync();
            }
            return false;
        }
        catch
        {
            _ended = true; // the error is thrown once; whoever moves on finds the end
            throw;
        }
    }

    private async ValueTask<bool> ThrowFailureAsync(ValueTask<bool> moved)
    {
        if (!await moved)
            return false;
        return FailureHere is { } failure ? throw failure : true;
    }

    private void Taken()
    {
        if (++_uncredited >= _creditStep)
            Credit();
    }

    private void Credit()
    {
        if (_uncredited == 0)
            return;
        yielded(plan, _uncredited);
        _uncredited = 0;
    }
}
