using Akka.Actor;
using ActorPool.Cluster;
using ActorPool.Coordination;
using ActorPool.Hosting;

namespace ActorPool;

/// <summary>Runs functions over inputs on a fixed set of worker actors; results keep the inputs' order. Python's <c>multiprocessing.Pool</c>.</summary>
/// <remarks>
/// All members may be called from any thread, also from inside a function that the pool runs: a worker that waits for a nested call lends its slot to another one.
/// Functions run on threads of the pool's own, never on the .NET thread pool. Every call ends: with its result, an error, a timeout or cancellation.
/// </remarks>
public sealed partial class WorkerPool : IAsyncDisposable
{
    private readonly PoolState _pool;
    private readonly ActorSystem? _ownedSystem;
    private readonly PoolSettings _settings;
    private int _refusing; // 0: open, 1: closed, 2: disposed

    private WorkerPool(ActorSystem system, bool ownsSystem, PoolSettings settings, CodeShipment? code = null)
    {
        _settings = settings;
        _ownedSystem = ownsSystem ? system : null;
        _pool = new PoolState(settings) { Code = code };
        Coordinator = system.ActorOf(CoordinatorActor.PropsFor(_pool), settings.Name);
    }

    /// <summary>The workers that the pool keeps running in this process (a replacement for one that was lost is on its way), and those of the nodes that are there now.</summary>
    public int Workers => _settings.Workers + _pool.Counters.NodeWorkers;

    /// <summary>The coordinator, for actors that would rather Tell and Ask: see <see cref="MapJob{TIn, TOut}"/> and <see cref="CancelJob"/>.</summary>
    public IActorRef Coordinator { get; }

    /// <summary>What the pool has done and is doing, now.</summary>
    public PoolStatistics Statistics => _pool.Counters.Snapshot();

    /// <summary>Starts a pool in this process, with an actor system of its own.</summary>
    /// <param name="workers">1 to 10,000; null for the processors that this process may use (affinity and cgroup quota included).</param>
    /// <returns>The pool; its workers start in the background, and calls may be made at once.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is out of range.</exception>
    /// <remarks>Costs 0.1 to 0.3 s in a fresh process, most of it Akka's start; a second pool about 20 ms.</remarks>
    public static WorkerPool Create(int? workers = null)
    {
        if (workers is { } n)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(n, 1, nameof(workers));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(n, PoolSettings.MostWorkers, nameof(workers));
        }
        return Create(new WorkerPoolOptions { Workers = workers });
    }

    /// <summary>Starts a pool in this process, with an actor system of its own.</summary>
    /// <param name="options">The pool's settings.</param>
    /// <returns>The pool; its workers start in the background, and calls may be made at once.</returns>
    /// <exception cref="ArgumentException">A setting is impossible, or <see cref="WorkerPoolOptions.Config"/> is not valid; the message has all faults.</exception>
    public static WorkerPool Create(WorkerPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options));
        return new WorkerPool(PoolConfig.StartSystem(settings), ownsSystem: true, settings);
    }

    /// <summary>Starts a pool inside a caller's actor system: a service's, or a TestKit's <c>Sys</c>.</summary>
    /// <param name="system">The actor system; the pool never terminates it.</param>
    /// <param name="options">The pool's settings; null for the system's own <c>actorpool</c> section over the defaults.</param>
    /// <returns>The pool; its workers start in the background, and calls may be made at once.</returns>
    /// <exception cref="ArgumentException">A setting is impossible, or <see cref="WorkerPoolOptions.Config"/> is not valid; the message has all faults.</exception>
    /// <exception cref="InvalidActorNameException">The system has an actor of the pool's name already.</exception>
    /// <remarks>All timers go through the system's scheduler, so that a <c>TestScheduler</c> drives them.</remarks>
    public static WorkerPool Create(ActorSystem system, WorkerPoolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        options ??= new WorkerPoolOptions();
        var settings = PoolSettings.Read(options, PoolConfig.Within(system, options));
        PoolConfig.CheckDispatchers(system);
        return new WorkerPool(system, ownsSystem: false, settings);
    }

    /// <summary>Takes no new jobs and completes when the running ones have ended. Python's <c>close</c> and <c>join</c>.</summary>
    /// <param name="cancellationToken">Ends the waiting; the pool stays closed and the jobs go on.</param>
    /// <returns>A task that completes when no job runs and the workers have stopped. A second call waits for the same.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <remarks>Functions of the running jobs may still submit nested ones.</remarks>
    public Task CloseAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.CompareExchange(ref _refusing, 1, 0);
        Coordinator.Tell(CoordinatorActor.Close.Instance);
        return _pool.Stopped.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the running jobs with a <see cref="PoolTerminatedException"/> and stops the workers. Python's <c>terminate</c>.</summary>
    /// <returns>
    /// A task that completes when all jobs have ended and the workers have stopped, or after <c>actorpool.shutdown-timeout</c>: a function that does not
    /// watch its token keeps its background thread until it returns or the process ends.
    /// </returns>
    /// <remarks>May be called any number of times, also while <see cref="CloseAsync"/> waits.</remarks>
    public Task TerminateAsync()
    {
        Interlocked.CompareExchange(ref _refusing, 1, 0);
        Coordinator.Tell(CoordinatorActor.Terminate.Instance);
        return _pool.Stopped;
    }

    /// <summary>Terminates the pool, and its actor system where the pool owns it, as leaving Python's with-block does.</summary>
    /// <returns>A task that completes as <see cref="TerminateAsync"/> does; it never faults.</returns>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _refusing, 2);
        var stopped = TerminateAsync();
        // A function that never returns holds its worker's mailbox, and with it the system's end: no caller should hang on that.
        if (_ownedSystem is not null)
            stopped = Task.WhenAll(stopped, ShutdownGate.TerminateAsync(_ownedSystem)).WaitAsync(_settings.ShutdownTimeout);
        await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Says the pool's name, workers and state.</summary>
    /// <returns>For example <c>actorpool-1: 4 workers, open</c>.</returns>
    public override string ToString() =>
        $"{_settings.Name}: {Workers} workers, {Volatile.Read(ref _refusing) switch { 0 => "open", 1 => "closed", _ => "disposed" }}";

    internal PoolState State => _pool;

    /// <summary>Submits a part of another process's job.</summary>
    internal void SubmitPart(JobPlan plan, CancellationToken stop) => Submit(plan, stop);

    private Job<TResult> Submit<TResult>(JobOf<TResult> job, CancellationToken cancellationToken)
    {
        Submit(job.Plan, cancellationToken);
        return new Job<TResult>(job.Plan, job.Completion, EndJob);
    }

    /// <summary>Hands a job to the coordinator; the one door for all of the API.</summary>
    private void Submit(JobPlan plan, CancellationToken cancellationToken)
    {
        var nested = WorkContext.Current is { } context && ReferenceEquals(context.Pool, _pool);
        // A closed pool takes no new jobs, but those that run in it may need more of it to end.
        if (Volatile.Read(ref _refusing) is not 0 and var state && !(nested && state == 1))
        {
            ObjectDisposedException.ThrowIf(state == 2, this);
            throw new InvalidOperationException($"The pool [{_settings.Name}] is closed and takes no new jobs. Submit before CloseAsync or TerminateAsync, or create another pool.");
        }
        if (cancellationToken.IsCancellationRequested)
        {
            plan.Fail(new OperationCanceledException(cancellationToken));
            return;
        }
        if (nested)
            plan.Parent = WorkContext.Current!.Lease;
        _pool.Submit(Coordinator, plan);
        // After the job was sent: a token that is cancelled in between sends its message behind it.
        if (cancellationToken.CanBeCanceled)
            plan.EndOn(EndJob, cancellationToken);
    }

    private void EndJob(JobPlan plan, Exception reason) => Coordinator.Tell(new CoordinatorActor.EndJob(plan, reason));
}
