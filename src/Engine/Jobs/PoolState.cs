using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Insights;
using ActorPool.Serialization;
using ActorPool.Shipping;
using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>What a pool's callers and its actors share.</summary>
/// <remarks>
/// It has the settings, the counters, the unfinished jobs, and whether the pool has ended. It is the only place that knows every
/// unanswered caller. Akka silently drops a message to a coordinator that has ended. So a job is entered here before it is sent: either the
/// sender sees that the pool has ended, or <see cref="End"/> sees the job.
/// </remarks>
internal sealed class PoolState(PoolSettings settings)
{
    private readonly UnansweredJobs _jobs = new();
    private readonly TaskCompletionSource<bool> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _end;
    private Exception? _failure;
    private int _lastWorker = -1;
    private long _lastJob;
    private PoolKey? _key;

    public PoolSettings Settings { get; } = settings;

    /// <summary>By which name the pool is known to measurements and spans.</summary>
    public PoolIdentity Identity => Counters.Identity;

    public PoolCounters Counters { get; } = new(
        settings.ServedPool ?? new PoolIdentity(settings.Name, PoolRole.Pool), settings.TimeProvider);

    /// <summary>Callers that wait for workers.</summary>
    public WorkerWaiters Waiters { get; } = new();

    /// <summary>By what observers know the pool.</summary>
    public PoolKey Key => LazyInitializer.EnsureInitialized(ref _key, () => PoolKey.Create(Settings.Name));

    /// <summary>The number of the last job.</summary>
    public long StartedJobs => Volatile.Read(ref _lastJob);

    /// <summary>The last jobs that have ended.</summary>
    public JobArchive Archive { get; } = new();

    /// <summary>Takes what functions log, and write where that is asked for.</summary>
    public IFunctionLog FunctionLog { get; init; } = settings.FunctionLog ?? NoFunctionLog.Instance;

    /// <summary>Writes the jobs for nodes; null in a pool without nodes.</summary>
    public PayloadSerializer? Serializer { get; init; }

    /// <summary>Where the pool's actors run in a simulation; null elsewhere.</summary>
    public PoolStage? Stage { get; init; }

    /// <summary>Looks at the functions that go to nodes; null in a pool without nodes.</summary>
    public LostWriteGuard? LostWrites { get; init; }

    /// <summary>Completes when the first node is ready; fails when all seeds refuse.</summary>
    /// <remarks>Never completes in a pool without nodes.</remarks>
    public TaskCompletionSource HasWorkers { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the workers have stopped, or no one waits for them any longer.</summary>
    /// <value>True: they have stopped. False: functions still run.</value>
    public Task<bool> Stopped => _stopped.Task;

    public bool HasEnded => Volatile.Read(ref _end) is not null;

    /// <summary>Why the pool fails every job; null if it does not.</summary>
    public Exception? Failure
    {
        get => Volatile.Read(ref _failure);
        set => Volatile.Write(ref _failure, value);
    }

    public int NextWorkerId() => Interlocked.Increment(ref _lastWorker);

    public long NextJobId() => Interlocked.Increment(ref _lastJob);

    /// <exception cref="FunctionNotShippableException">The function cannot be sent to the nodes.</exception>
    /// <exception cref="PayloadException">The inputs or results are of a type that cannot be sent.</exception>
    public void Submit(IActorRef coordinator, JobExecution execution)
    {
        if (TryEnter(execution))
            coordinator.Tell(execution);
    }

    public bool TryEnter(JobExecution execution)
    {
        if (Serializer is not null)
            execution.PrepareForNodes(Serializer, LostWrites);
        execution.BeginTrace();
        _jobs.Add(execution);
        if (Volatile.Read(ref _end) is not { } end)
            return true;
        execution.Fail(end);
        return false;
    }

    public void Leave(JobExecution execution) => _jobs.Remove(execution);

    /// <summary>Fails every job that has not ended, and every later one.</summary>
    public void End(Exception reason)
    {
        Interlocked.CompareExchange(ref _end, reason, null);
        Waiters.End(reason is PoolTerminatedException
            ? new PoolTerminatedException("The pool, or its actor system, has ended: it will have no more workers. Create another pool.")
            : reason);
        foreach (var execution in _jobs.ToList())
            execution.FailWithPool(reason);
    }

    /// <summary>Completes <see cref="Stopped"/> although workers still run: no one waits for them any longer.</summary>
    public void GiveUp() => CompleteStopped(haveStopped: false);

    public void MarkStopped() => CompleteStopped(haveStopped: true);

    private void CompleteStopped(bool haveStopped)
    {
        End(new PoolTerminatedException());
        Counters.Stop();
        MeasuredPools.Remove(Counters);
        _stopped.TrySetResult(haveStopped);
    }
}
