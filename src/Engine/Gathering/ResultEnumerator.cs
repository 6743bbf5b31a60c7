using System.Threading.Channels;
using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>Iterates over a stream's segments and tells the coordinator what was taken.</summary>
/// <remarks>The coordinator then may read on.</remarks>
internal sealed class ResultEnumerator<TOut>(
    JobExecution execution,
    ChannelReader<StreamSegment<TOut>> segments,
    Action<JobExecution, Exception> end,
    Action<JobExecution, long> reportYielded) : IAsyncEnumerator<TOut>
{
    // With a window that the caller chose, credit returns in parts of it: reading ahead never stalls while the consumer is in the middle of
    // a long segment.
    private readonly int _creditStep = execution.Options.Window is { } window ? Math.Max(1, window / 8) : int.MaxValue;
    private StreamSegment<TOut> _segment;
    private int _offset;
    private int _uncredited;
    private bool _ended;

    /// <summary>Is disposed with the enumerator.</summary>
    public IDisposable? Owned { get; set; }

    public TOut Current => _segment.Results.Span[_offset];

    public ItemResult<TOut> CurrentOutcome => CurrentFailure is { } failure
        ? new ItemResult<TOut>(failure)
        : new ItemResult<TOut>(_segment.Start + _offset, Current, _segment.Attempt);

    private WorkItemException? CurrentFailure => _segment.Failures?.GetValueOrDefault(_segment.Start + _offset);

    public ValueTask<bool> MoveNextAsync()
    {
        var moved = MoveAsync();
        if (!moved.IsCompletedSuccessfully || CurrentFailure is not null)
            return ThrowFailureAsync(moved);
        return moved;
    }

    /// <summary>Moves to the next outcome, value or error.</summary>
    public ValueTask<bool> MoveAsync()
    {
        if (_offset + 1 >= _segment.Results.Length)
            return NextSegmentAsync();
        _offset++;
        CountTaken();
        return new ValueTask<bool>(true);
    }

    public ValueTask DisposeAsync()
    {
        if (!execution.HasEnded)
            end(execution, new OperationCanceledException($"The enumeration of {execution.Name} was left before its end."));
        _ended = true;
        Owned?.Dispose();
        return default;
    }

    private async ValueTask<bool> NextSegmentAsync()
    {
        ReturnCredit();
        (_segment, _offset) = (default, 0);
        try
        {
            while (!_ended)
            {
                // Results that were computed before the cancellation are not yielded after it.
                execution.ThrowIfCancelledByCaller();
                if (segments.TryRead(out _segment))
                {
                    CountTaken();
                    return true;
                }
                _ended = !await segments.WaitToReadAsync().ConfigureAwait(false);
            }
            return false;
        }
        catch
        {
            _ended = true; // the error is thrown once; the next call finds the end
            throw;
        }
    }

    private async ValueTask<bool> ThrowFailureAsync(ValueTask<bool> moved)
    {
        if (!await moved.ConfigureAwait(false))
            return false;
        return CurrentFailure is { } failure ? throw failure : true;
    }

    private void CountTaken()
    {
        if (++_uncredited >= _creditStep)
            ReturnCredit();
    }

    private void ReturnCredit()
    {
        if (_uncredited == 0)
            return;
        reportYielded(execution, _uncredited);
        _uncredited = 0;
    }
}
