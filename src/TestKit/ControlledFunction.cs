using System.Threading.Channels;

namespace ActorPool.TestKit;

/// <summary>A function whose items run until the test ends them.</summary>
/// <typeparam name="TIn">Type of the inputs.</typeparam>
/// <typeparam name="TOut">Type of the results.</typeparam>
/// <remarks>
/// <para>
/// Give <see cref="RunAsync"/> or <see cref="Run"/> to a call of the pool, or call it in a fake of what your function uses. Each item that
/// begins waits at a gate of its own: <see cref="NextAsync()"/> hands the items out in the order in which they begin, and the test ends
/// each one as it wants to.
/// </para>
/// <para>It works in a pool of this process. <see cref="PoolTest.CreateFunction"/> creates it.</para>
/// </remarks>
public sealed class ControlledFunction<TIn, TOut> : IControlledFunction
{
    private readonly PoolTest _test;
    private readonly bool _ignoresCancellation;
    private readonly Lock _lock = new();
    private readonly List<ControlledItem<TIn, TOut>> _running = [];
    private readonly Channel<ControlledItem<TIn, TOut>> _begun = Channel.CreateUnbounded<ControlledItem<TIn, TOut>>();
    private Action<ControlledItem<TIn, TOut>>? _end; // of each item, once it is decided for all

    internal ControlledFunction(PoolTest test, bool ignoresCancellation) => (_test, _ignoresCancellation) = (test, ignoresCancellation);

    /// <summary>The items that run now, in the order in which they began.</summary>
    public IReadOnlyList<ControlledItem<TIn, TOut>> Running
    {
        get
        {
            lock (_lock)
                return [.. _running];
        }
    }

    /// <summary>Runs an item until the test ends it, and blocks its worker's thread.</summary>
    /// <param name="input">The item's input.</param>
    /// <returns>What the test completes it with.</returns>
    /// <exception cref="InvalidOperationException">No worker of a pool calls it.</exception>
    /// <exception cref="OperationCanceledException">The item was cancelled, its worker was killed, or the test has ended.</exception>
    public TOut Run(TIn input)
    {
        var item = Begin(input);
        using var registration = StopOnCancellation(item);
        return item.Outcome.GetAwaiter().GetResult();
    }

    /// <summary>Runs an item until the test ends it, without a thread.</summary>
    /// <param name="input">The item's input.</param>
    /// <param name="cancellationToken">The item's token; the function watches it also when it is not given.</param>
    /// <returns>What the test completes it with.</returns>
    /// <exception cref="InvalidOperationException">No worker of a pool calls it.</exception>
    /// <exception cref="OperationCanceledException">The item was cancelled, its worker was killed, or the test has ended.</exception>
    public async ValueTask<TOut> RunAsync(TIn input, CancellationToken cancellationToken = default)
    {
        var item = Begin(input);
        using var registration = StopOnCancellation(item);
        return await item.Outcome.ConfigureAwait(false);
    }

    /// <summary>Waits for the next item that begins.</summary>
    /// <returns>The item, which runs, and which no earlier call has returned.</returns>
    /// <exception cref="PoolTestException">None began in <see cref="PoolTest.RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended, or ends meanwhile.</exception>
    public async Task<ControlledItem<TIn, TOut>> NextAsync()
    {
        while (true)
        {
            _test.ThrowIfDisposed();
            var next = _begun.Reader.WaitToReadAsync().AsTask();
            if (!await _test.HasEndedAsync(next).ConfigureAwait(false))
                throw await _test.CreateExceptionAsync("another item begins").ConfigureAwait(false);
            if (_begun.Reader.TryRead(out var item) && !item.HasEnded)
                return item;
        }
    }

    /// <summary>Waits for some items that begin.</summary>
    /// <param name="count">How many; 0 or more.</param>
    /// <returns>The items, in the order of their positions among the job's inputs.</returns>
    /// <exception cref="PoolTestException">Fewer began in <see cref="PoolTest.RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended, or ends meanwhile.</exception>
    public async Task<IReadOnlyList<ControlledItem<TIn, TOut>>> NextAsync(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _test.ThrowIfDisposed();
        var items = new List<ControlledItem<TIn, TOut>>();
        while (items.Count < count)
            items.Add(await NextAsync().ConfigureAwait(false));
        return [.. items.OrderBy(item => item.Index)];
    }

    /// <summary>Completes all items that run, and each later one as it begins.</summary>
    /// <param name="result">Makes an item's result from its input; what it throws is the item's error.</param>
    /// <exception cref="ObjectDisposedException">The test has ended, and with it all items.</exception>
    public void CompleteAll(Func<TIn, TOut> result)
    {
        ArgumentNullException.ThrowIfNull(result);
        EndAll(_test.ThrowIfDisposed, item => item.TryRun(result));
    }

    void IControlledFunction.End() =>
        EndAll(
            check: null,
            item => item.TryFail(new OperationCanceledException("The test has ended, and with it the functions that it controls.")));

    IEnumerable<string> IControlledFunction.Describe() => Running.Select(item => item.ToString());

    internal void Remove(ControlledItem<TIn, TOut> item)
    {
        lock (_lock)
            _running.Remove(item);
    }

    private ControlledItem<TIn, TOut> Begin(TIn input)
    {
        var context = WorkContext.Current ?? throw new InvalidOperationException(
            "A controlled function runs in a worker of a pool: give it to a call such as MapAsync, or call it in a function of the pool.");
        var item = new ControlledItem<TIn, TOut>(_test, this, input, context);
        Action<ControlledItem<TIn, TOut>>? end;
        lock (_lock)
        {
            end = _end;
            _running.Add(item);
        }
        if (end is null)
            _begun.Writer.TryWrite(item);
        else
            end(item);
        return item;
    }

    private CancellationTokenRegistration StopOnCancellation(ControlledItem<TIn, TOut> item) => _ignoresCancellation
        ? default
        : item.CancellationToken.UnsafeRegister(static (state, token) =>
            ((ControlledItem<TIn, TOut>)state!).TryFail(new OperationCanceledException(token)), item);

    /// <param name="check">Checked before the end is decided for all; null for nothing.</param>
    /// <param name="end">Ends an item.</param>
    private void EndAll(Action? check, Action<ControlledItem<TIn, TOut>> end)
    {
        ControlledItem<TIn, TOut>[] running;
        lock (_lock)
        {
            check?.Invoke();
            _end = end;
            running = [.. _running];
        }
        foreach (var item in running)
            end(item);
    }
}
