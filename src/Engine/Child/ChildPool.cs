using ActorPool.Agent;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;

namespace ActorPool.Child;

/// <summary>The only worker of a worker process: one chunk at a time, without actors.</summary>
/// <remarks>
/// Initializer and state factory run first. When they throw, every chunk fails with that. A function that does not return when it is told
/// to keeps the thread: the chunks behind it wait, and the parent ends the process.
/// </remarks>
internal sealed class ChildPool : ISessionPool
{
    private readonly WorkerIdentity _identity;
    private readonly WorkNote? _note;
    private readonly Action<string> _log;
    private readonly ChildThread _thread = new();
    private readonly ItemTimer _timer;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildPart? _next;
    private ChildPart? _running;
    private bool _isClosed;

    private ChildPool(PoolSettings settings, WorkNote? note, Action<string> log, int workerId)
    {
        State = new PoolState(settings);
        (_note, _log) = (note, log);
        _identity = new WorkerIdentity(State, workerId) { Note = note };
        Keeping = note is null ? null : new ItemKeeping(note, new KeepingPace(settings.TimeProvider));
        _timer = new ItemTimer(settings.TimeProvider);
    }

    public PoolState State { get; }

    public ItemKeeping? Keeping { get; }

    /// <summary>Starts the thread, which runs the initializer and the state factory.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="note">Where the parent reads which item runs; null for none.</param>
    /// <param name="log">Gets a line about what no chunk can report.</param>
    /// <param name="workerId">The worker's number in its pool.</param>
    public static ChildPool Start(PoolSettings settings, WorkNote? note, Action<string> log, int workerId = 0)
    {
        var pool = new ChildPool(settings, note, log, workerId);
        pool._thread.Start(pool.Run);
        return pool;
    }

    /// <inheritdoc/>
    /// <remarks>One may wait while the function of one that was stopped still runs.</remarks>
    public void SubmitPart(JobExecution execution, long chunk, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            execution.Fail(new OperationCanceledException(stop));
            return;
        }
        if (!State.TryEnter(execution))
            return;
        var part = new ChildPart(execution, chunk);
        if (stop.CanBeCanceled)
            execution.EndOnCancellation((_, reason) => part.End(reason), stop);
        if (TrySetNext(part))
            _thread.Wake();
        else
            part.End(new InvalidOperationException("A worker process runs one chunk at a time, and was sent another one."));
    }

    public void Publish(Guid handle, object? value, Type type)
    {
        // The functions find it in the session's serializer.
    }

    /// <summary>Changes nothing: its parent starts more processes.</summary>
    public void Grow(int workers)
    {
    }

    public ISessionPool BeginSuspect() => this;

    public void EndSuspect()
    {
        // It runs each chunk in this process, which is the worker's own.
    }

    public async Task<bool> EndAsync(TimeSpan abandonAfter)
    {
        ChildPart? running, next;
        lock (_gate)
        {
            _isClosed = true;
            (running, next) = (_running, _next);
        }
        var reason = new PoolTerminatedException();
        running?.End(reason);
        next?.End(reason);
        State.End(reason);
        _thread.Wake();
        await _stopped.Task.WaitAsync(abandonAfter, State.Settings.TimeProvider)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _stopped.Task.IsCompleted;
    }

    private bool TrySetNext(ChildPart part)
    {
        lock (_gate)
        {
            if (_next is { HasEnded: false } || _running is { HasEnded: false })
                return false;
            _next = part;
            return true;
        }
    }

    private void Run()
    {
        if (TryInitialize())
        {
            _note?.IsReady = true;
            while (TryTakeNext(out var part))
            {
                if (part is null)
                    _thread.RunPostedOrWait();
                else
                    Run(part);
            }
        }
        DisposeState();
        _timer.Dispose();
        _stopped.TrySetResult();
    }

    private bool TryTakeNext(out ChildPart? part)
    {
        _thread.PrepareToWait();
        lock (_gate)
        {
            part = _running = _next;
            _next = null;
            return !_isClosed;
        }
    }

    private bool TryInitialize()
    {
        var settings = State.Settings;
        if (settings.Initializer is null && settings.WorkerState is null)
            return true;
        try
        {
            _thread.Run(
                () =>
                {
                    EnterReflection();
                    settings.Initializer?.Invoke();
                    _identity.State = settings.WorkerState?.Invoke();
                    return default;
                },
                isAsync: false);
            return true;
        }
        catch (Exception e)
        {
            var name = WorkerName.Format(_identity.Id);
            State.End(new NoWorkersException(
                $"No work can be done: the initializer or the state factory of {name} threw {e.GetType().Name}: "
                + $"{SafeText.GetReason(e)}. Correct it and create another pool.", e));
            return false;
        }
    }

    private void Run(ChildPart part)
    {
        try
        {
            while (part.TryTake() is { } lease)
            {
                try
                {
                    Run(part, lease);
                }
                finally
                {
                    // Before the answer: nothing of the chunk runs any longer.
                    _note?.End();
                }
                part.Answer();
            }
            if (!part.HasEnded)
                throw new InvalidOperationException("A worker process runs only chunks whose inputs are in memory.");
        }
        catch (Exception e)
        {
            part.End(e); // the engine's own: functions' exceptions are in the outcome
        }
    }

    private void Run(ChildPart part, Lease lease)
    {
        if (!lease.TryClaim(_identity.Id))
            return; // stopped meanwhile
        var (job, clock) = (lease.Job, State.Settings.TimeProvider);
        var started = clock.GetTimestamp();
        _note?.Begin(part.Number, part.GetOffset(lease));
        if (job.Options.ItemTimeout is { } limit)
            _timer.Start(lease, limit);
        var hasTimedOut = false;
        try
        {
            var context = new WorkContext(lease, _identity);
            _thread.Run(
                () =>
                {
                    WorkContext.Enter(context);
                    EnterReflection();
                    return job.RunAsync(new ChunkRun(context));
                },
                job.IsAsync);
        }
        finally
        {
            if (job.Options.ItemTimeout is not null)
                hasTimedOut = _timer.Stop();
        }
        lease.Elapsed = clock.GetElapsedTime(started);
        part.Settle(lease, hasTimedOut, _note); // which may ask the caller's RetryWhen
    }

    private void DisposeState()
    {
        try
        {
            if (_identity.State is IAsyncDisposable asynchronous)
                _thread.Run(asynchronous.DisposeAsync, isAsync: true);
            else
                (_identity.State as IDisposable)?.Dispose();
        }
        catch (Exception e)
        {
            _log($"Disposing of the state of {WorkerName.Format(_identity.Id)} threw {e.GetType()}: {SafeText.GetMessage(e)}");
        }
    }

    // .NET's own code, such as DbProviderFactories, then finds types by name where the function would.
    // It is a part of the execution context, which the thread restores.
    private void EnterReflection() => _ = State.Settings.LoadContext?.EnterContextualReflection();
}
