using System.Globalization;
using ActorPool.Diagnostics;
using Akka.Actor;

namespace ActorPool.TestKit;

/// <summary>An item that runs until the test ends it.</summary>
/// <typeparam name="TIn">Type of the input.</typeparam>
/// <typeparam name="TOut">Type of the result.</typeparam>
/// <remarks>It is ended once: by one of its methods, by its token, or by the end of the test.</remarks>
public sealed class ControlledItem<TIn, TOut>
{
    private const int MaxInputChars = 100;

    private readonly PoolTest _test;
    private readonly ControlledFunction<TIn, TOut> _function;
    private readonly WorkContext _context;
    private readonly TaskCompletionSource<TOut> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _delay;
    private int _isDecided;

    internal ControlledItem(PoolTest test, ControlledFunction<TIn, TOut> function, TIn input, WorkContext context)
    {
        (_test, _function, Input, _context) = (test, function, input, context);
        (Index, Attempt, WorkerId, JobName) = (context.ItemIndex, context.Attempt, context.WorkerId, context.JobName);
        CancellationToken = context.CancellationToken;
        Began = test.Time.GetUtcNow();
    }

    /// <summary>The item's input.</summary>
    public TIn Input { get; }

    /// <summary>Its 0-based position among the job's inputs.</summary>
    public long Index { get; }

    /// <summary>Which attempt at it this is; 1 or more.</summary>
    public int Attempt { get; }

    /// <summary>The number of the worker that runs it.</summary>
    public int WorkerId { get; }

    /// <summary>The name of its job.</summary>
    public string JobName { get; }

    /// <summary>When it began, in virtual time.</summary>
    public DateTimeOffset Began { get; }

    /// <summary>The item's token: cancelled when its function should stop.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _outcome.Task.IsCompleted;

    internal Task<TOut> Outcome => _outcome.Task;

    /// <summary>Lets the function return a result.</summary>
    /// <param name="result">The result.</param>
    /// <exception cref="InvalidOperationException">The item has ended, or its end is set already.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended.</exception>
    public void Complete(TOut result)
    {
        Decide();
        TryComplete(result);
    }

    /// <summary>Lets the function throw.</summary>
    /// <param name="error">What it throws.</param>
    /// <exception cref="InvalidOperationException">The item has ended, or its end is set already.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended.</exception>
    public void Fail(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Decide();
        TryFail(error);
    }

    /// <summary>Lets the function return a result when an amount of virtual time has passed.</summary>
    /// <param name="delay">0 or more, from now, at most some 6,900 years.</param>
    /// <param name="result">The result.</param>
    /// <exception cref="InvalidOperationException">The item has ended, or its end is set already.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended.</exception>
    public void CompleteAfter(TimeSpan delay, TOut result) => EndAfter(delay, () => TryComplete(result));

    /// <summary>Lets the function throw when an amount of virtual time has passed.</summary>
    /// <param name="delay">0 or more, from now, at most some 6,900 years.</param>
    /// <param name="error">What it throws.</param>
    /// <exception cref="InvalidOperationException">The item has ended, or its end is set already.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended.</exception>
    public void FailAfter(TimeSpan delay, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        EndAfter(delay, () => TryFail(error));
    }

    /// <summary>Kills the worker in the middle of the item.</summary>
    /// <returns>A task that completes when the pool has noticed the loss.</returns>
    /// <exception cref="InvalidOperationException">
    /// The item has ended, its end is set already, or the worker is not an actor of this process.
    /// </exception>
    /// <exception cref="PoolTestException">The pool did not notice it in <see cref="PoolTest.RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended.</exception>
    /// <remarks>
    /// As the death of a node or of a worker process: what the function does from now on does not count. The pool starts another worker and
    /// runs the item again, so that it begins once more. After <c>actorpool.worker-losses</c> of them in a row it gives the item up with a
    /// <see cref="PoisonItemException"/>.
    /// </remarks>
    public Task KillWorkerAsync()
    {
        _test.ThrowIfDisposed();
        var worker = _context.WorkerActor ?? throw new InvalidOperationException(
            $"{this} cannot lose its worker: it is no actor of this process. Use a pool without worker processes.");
        Decide();
        var lost = _test.Pool.Statistics.Lost;
        // Lost before it is cancelled, as when an actor stops: what the cancellation does to the item is not its outcome.
        _context.Lease.MarkLost();
        _context.Lease.CancelItem();
        _test.System.Stop(worker);
        TryFail(new OperationCanceledException("The test has killed the worker."));
        return _test.ExpectAsync(now => now.Lost > lost, $"the pool notices the loss of worker-{WorkerId}");
    }

    /// <summary>Shows the item, its job, worker and input, and since when it runs.</summary>
    /// <returns>For example <c>item 3 of job-1 at worker-0, attempt 1, input [7], for [00:01:00]</c>.</returns>
    public override string ToString()
    {
        var input = SafeText.Read(nameof(ToString), () => Convert.ToString(Input, CultureInfo.InvariantCulture)) ?? "null";
        var time = _test.Time.GetUtcNow() - Began;
        return $"item {Index} of {JobName} at worker-{WorkerId}, attempt {Attempt}, "
            + $"input [{SafeText.Cut(input, MaxInputChars)}], for [{time}]";
    }

    internal void TryComplete(TOut result) => End(_outcome.TrySetResult(result));

    internal void TryFail(Exception error) => End(_outcome.TrySetException(error));

    internal void TryRun(Func<TIn, TOut> function)
    {
        try
        {
            TryComplete(function(Input));
        }
        catch (Exception e)
        {
            TryFail(e); // it stands for the function under test, which may throw
        }
    }

    private void EndAfter(TimeSpan delay, Action end)
    {
        _test.Time.CheckMove(delay, nameof(delay));
        Decide();
        _delay = _test.Time.CreateTimer(_ => end(), null, delay, Timeout.InfiniteTimeSpan);
    }

    private void Decide()
    {
        _test.ThrowIfDisposed();
        if (HasEnded || Interlocked.Exchange(ref _isDecided, 1) != 0)
            throw new InvalidOperationException($"The end of {this} is decided already. Take the next item from NextAsync().");
    }

    private void End(bool isFirst)
    {
        if (!isFirst)
            return;
        _delay?.Dispose();
        _function.Remove(this);
    }
}
