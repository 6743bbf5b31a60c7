using ActorPool.Client;
using ActorPool.Configuration;
using ActorPool.Coordination;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Remoting;
using ActorPool.Serialization;
using ActorPool.Shipping;
using Akka.Actor;
using Akka.Event;

namespace ActorPool;

/// <summary>Runs functions over inputs on a fixed set of worker actors.</summary>
/// <remarks>
/// Python's <c>multiprocessing.Pool</c>: results keep the inputs' order. All members may be called from any thread, also from inside a
/// function that the pool runs: a worker that waits for a nested call lends its slot to another one, up to <c>actorpool.nested-workers</c>
/// at a time; beyond that a nested call fails with an <see cref="InvalidOperationException"/>. Functions run on the pool's own threads,
/// never on the .NET thread pool. Every call ends: with its result, an error, a timeout or cancellation.
/// </remarks>
public sealed partial class WorkerPool : IAsyncDisposable, IDisposable
{
    private readonly PoolState _pool;
    private readonly ActorSystem? _ownedSystem;
    private readonly PoolSettings _settings;
    private readonly SessionSource? _source; // null in a pool whose workers are all in this process
    private readonly PoolLog? _log; // null in a session of another pool, whose lines go there
    private readonly Task _nameIsFree;
    private readonly Action<JobExecution, Exception> _endJob;
    private volatile PoolPhase _phase;

    private WorkerPool(
        ActorSystem system, bool ownsSystem, PoolSettings settings, SessionSource? source = null, PoolStage? stage = null)
    {
        (_settings, _endJob) = (settings, EndJob);
        _ownedSystem = ownsSystem ? system : null;
        _source = source;
        var guard = source is null ? null : new LostWriteGuard(
            settings.Cluster.LostWrites, Logging.GetLogger(system, nameof(WorkerPool)), settings.Initializer, settings.WorkerState);
        if (source is not null)
            source.Serializer.OnFirstSent = guard!.Check;
        _pool = new PoolState(settings)
        {
            FunctionLog = settings.FunctionLog ?? (_log = CreateLog(system, settings)),
            Serializer = source?.Serializer,
            LostWrites = guard,
            Stage = stage,
        };
        try
        {
            EndedPoolReplies.StartFor(system);
            var props = CoordinatorActor.PropsFor(_pool, source);
            Coordinator = stage?.StartCoordinator(props, settings.Name) ?? system.ActorOf(props, settings.Name);
        }
        catch (InvalidActorNameException e)
        {
            throw new ArgumentException(
                $"The actor system [{system.Name}] already has a pool or an actor named [{settings.Name}]. " +
                "Give this pool another name (WorkerPoolOptions.Name), leave the name out, or await DisposeAsync of the other pool first.",
                e);
        }
        if (!ownsSystem)
            GC.SuppressFinalize(this); // a pool in a caller's system ends with that system
        // A system that the pool owns ends with the pool, and its names with it.
        _nameIsFree = ownsSystem ? Task.CompletedTask : WaitForNameAsync((ExtendedActorSystem)system, Coordinator);
        if (!ownsSystem)
            SystemDrain.Add(system, () => CloseAsync(), _pool.Stopped);
    }

    // Not in the constructor: the lambdas of one method share what they capture, and the log, which lives as long as the coordinator,
    // would keep a pool alive that its owner has forgotten.
    private static PoolLog CreateLog(ActorSystem system, PoolSettings settings) => new(
        settings.Name, settings.FunctionLogger, () => Logging.GetLogger(system, nameof(WorkerPool)), settings.Output,
        settings.TimeProvider);

    /// <summary>Ends a pool that its owner has forgotten, and warns of it once.</summary>
    /// <remarks>Only a pool with its own actor system, and never while a job of it runs.</remarks>
#pragma warning disable MA0055 // threads are no handles, but a pool that no one can reach should not keep them either
    ~WorkerPool()
#pragma warning restore MA0055
    {
        if (_ownedSystem is null || _phase == PoolPhase.Disposed)
            return;
        // One that was closed, or terminated, has only its idle actor system left.
        if (!_pool.Stopped.IsCompleted)
            Logging.GetLogger(_ownedSystem, nameof(WorkerPool)).PoolForgotten(_settings.Name);
        Coordinator?.Tell(JobProtocol.Terminate.Instance);
        _ = ShutdownGate.TerminateAsync(_ownedSystem);
    }

    /// <summary>The number of workers that the pool has in this process and on nodes.</summary>
    /// <value>
    /// 0 or more: those that the pool keeps running in this process, counting the replacement for one that was lost, and those of the nodes
    /// that it has now.
    /// </value>
    public int Workers => _settings.Processes > 0 ? _settings.Processes : _settings.Workers + _pool.Counters.NodeWorkers;

    /// <summary>The coordinator, for actors that use Tell and Ask instead of methods.</summary>
    /// <value>It accepts <see cref="MapJob{TIn, TOut}"/> and <see cref="CancelJob"/>.</value>
    public IActorRef Coordinator { get; }

    /// <summary>Counts of what the pool has done and is doing now.</summary>
    /// <value>A snapshot; never <see langword="null"/>.</value>
    public PoolStatistics Statistics => _pool.Counters.Snapshot();

    /// <summary>Starts a pool in this process, with its own actor system.</summary>
    /// <param name="workers">1 to 10,000; null for the processors that this process may use (affinity and cgroup quota included).</param>
    /// <returns>The pool; its workers start in the background, and calls may be made at once.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is out of range.</exception>
    /// <remarks>Costs 0.1 to 0.3 s in a fresh process, most of it Akka's start; a second pool about 20 ms.</remarks>
    public static WorkerPool Create(int? workers = null)
    {
        if (workers is { } n)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(n, 1, nameof(workers));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(n, PoolSettings.MaxWorkers, nameof(workers));
        }
        return Create(new WorkerPoolOptions { Workers = workers });
    }

    /// <summary>Starts a pool in this process, with its own actor system.</summary>
    /// <param name="options">The pool's settings.</param>
    /// <returns>The pool; its workers start in the background, and calls may be made at once.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="options"/> is null, a setting is out of range, or <see cref="WorkerPoolOptions.Config"/> is not valid; the message
    /// lists all faults.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Workers are to be processes, and the program's <c>Main</c> has to help with it (<see cref="WorkerProcess"/>).
    /// </exception>
    /// <remarks>Costs 0.1 to 0.3 s in a fresh process, most of it Akka's start; a second pool about 20 ms.</remarks>
    public static WorkerPool Create(WorkerPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)).ForWorkers();
        if (settings.Processes > 0)
            settings = settings with { Config = PoolConfig.ForProcesses(options) };
        var processes = CreateProcessSource(options, settings);
        try
        {
            processes?.StartEarly(settings);
            return new WorkerPool(SystemStarter.Start(settings), ownsSystem: true, settings, processes);
        }
        catch
        {
            _ = processes?.EndAsync();
            throw;
        }
    }

    /// <summary>Starts a pool inside a caller's actor system: a service's, or a TestKit's <c>Sys</c>.</summary>
    /// <param name="system">The actor system; the pool never terminates it.</param>
    /// <param name="options">The pool's settings; null for the system's <c>actorpool</c> section over the defaults.</param>
    /// <returns>The pool; its workers start in the background, and calls may be made at once.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="system"/> is null, a setting is out of range or <see cref="WorkerPoolOptions.Config"/> is not valid (the message
    /// lists all faults), or the system already has an actor of the pool's name.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Workers are to be processes, and the program's <c>Main</c> has to help with it (<see cref="WorkerProcess"/>).
    /// </exception>
    /// <remarks>
    /// All timers use the system's scheduler, so that a <c>TestScheduler</c> drives them. When the system's <c>CoordinatedShutdown</c>
    /// runs, as a host does it, the pool takes no new jobs from the phase <c>service-requests-done</c> on, and that phase waits for the
    /// running ones, up to its own timeout (5 s unless configured otherwise). <c>ActorSystem.Terminate()</c> ends them at once.
    /// </remarks>
    public static WorkerPool Create(ActorSystem system, WorkerPoolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        options ??= new WorkerPoolOptions();
        var settings = PoolSettings.Read(options, PoolConfig.ForCallersSystem(system, options)).ForWorkers();
        PoolConfig.CheckDispatchers(system);
        return new WorkerPool(system, ownsSystem: false, settings, CreateProcessSource(options, settings), options.Stage);
    }

    /// <summary>Takes no new jobs, and completes when the running ones have ended.</summary>
    /// <param name="cancellationToken">Ends the waiting; the pool stays closed and the jobs go on.</param>
    /// <returns>
    /// A task that completes when no job runs and the workers have stopped. In a caller's actor system, the pool's name is free then. A
    /// second call waits for the same.
    /// </returns>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the jobs had ended.
    /// </exception>
    /// <remarks>Functions of the running jobs may still submit nested ones. Python's <c>close</c> and <c>join</c>.</remarks>
    public Task CloseAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.CompareExchange(ref _phase, PoolPhase.Closed, PoolPhase.Open);
        Coordinator.Tell(JobProtocol.Close.Instance);
        return WaitForStopAsync().WaitAsync(cancellationToken);
    }

    /// <summary>Ends the running jobs with a <see cref="PoolTerminatedException"/> and stops the workers.</summary>
    /// <returns>
    /// A task that completes when all jobs have ended and the workers have stopped, or after <c>actorpool.shutdown-timeout</c>: a function
    /// that does not watch its token keeps its background thread until it returns or the process ends. In a caller's actor system, the
    /// pool's name is free when all functions have returned in that time; otherwise it is free when the last one has.
    /// </returns>
    /// <remarks>May be called any number of times, also while <see cref="CloseAsync"/> waits. Python's <c>terminate</c>.</remarks>
    public Task TerminateAsync()
    {
        Interlocked.CompareExchange(ref _phase, PoolPhase.Closed, PoolPhase.Open);
        Coordinator.Tell(JobProtocol.Terminate.Instance);
        return WaitForStopAsync();
    }

    /// <summary>Terminates the pool, and its actor system if the pool owns it.</summary>
    /// <returns>
    /// A task that completes as <see cref="TerminateAsync"/> does, but after <c>actorpool.shutdown-timeout</c> of real time at the latest,
    /// also where a <c>TestScheduler</c> stands still. It never faults.
    /// </returns>
    /// <remarks>
    /// As leaving the with-block of Python's Pool does. A pool that is collected without it ends as well, with one warning in the log.
    /// </remarks>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Interlocked.Exchange(ref _phase, PoolPhase.Disposed);
        var stopped = TerminateAsync();
        if (_ownedSystem is not null)
            stopped = Task.WhenAll(stopped, ShutdownGate.TerminateAsync(_ownedSystem));
        // A function that never returns blocks its worker's mailbox, and with it the system's end: no caller should hang on that.
        await stopped.WaitAsync(_settings.ShutdownTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Where a TestScheduler stands still, the coordinator's own limit does not pass.
        _pool.GiveUp();
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks the calling thread meanwhile.</summary>
    /// <remarks>
    /// For a plain <c>using</c>, and for containers and test fixtures that dispose synchronously. It blocks for
    /// <c>actorpool.shutdown-timeout</c> at most.
    /// </remarks>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Shows the pool's name, workers and state.</summary>
    /// <returns>For example <c>actorpool-1: 4 workers, open</c>.</returns>
    public override string ToString() =>
        $"{_settings.Name}: {CountText.Format(Workers, "worker")}, "
        + $"{_phase switch { PoolPhase.Open => "open", PoolPhase.Closed => "closed", _ => "disposed" }}";

    internal PoolState State => _pool;

    internal ClusterClient? Client => _source as ClusterClient;

    /// <summary>Completes when the workers have stopped and the pool's name is free.</summary>
    /// <remarks>Workers that were given up keep the name: then it completes without waiting for that.</remarks>
    private async Task WaitForStopAsync()
    {
        var hasStopped = await _pool.Stopped.ConfigureAwait(false);
        if (_source is ProcessSource processes)
            await processes.EndAsync().ConfigureAwait(false);
        if (_log is not null)
            await _log.FlushAsync().ConfigureAwait(false);
        if (hasStopped)
            await _nameIsFree.ConfigureAwait(false);
    }

    /// <returns>Null if the workers are in this process.</returns>
    private static ProcessSource? CreateProcessSource(WorkerPoolOptions options, PoolSettings settings) => settings.Processes == 0
        ? null
        : new ProcessSource(PayloadLimits.For(settings.Cluster), options.Initializer, options.WorkerState, CreateConversions(options));

    /// <summary>Waits until the coordinator's parent has learnt that the coordinator has ended.</summary>
    /// <remarks>Until then Akka keeps the name.</remarks>
    private static async Task WaitForNameAsync(ExtendedActorSystem system, IActorRef coordinator)
    {
        // An actor tells its parent of its end before it tells its watchers, and a parent reads that before any later message.
        await coordinator.WatchAsync().ConfigureAwait(false);
        if (!system.WhenTerminated.IsCompleted)
            await Task.WhenAny(system.Guardian.Ask<ActorIdentity>(new Identify(null)), system.WhenTerminated).ConfigureAwait(false);
    }

    /// <summary>Submits a part of another process's job.</summary>
    internal void SubmitPart(JobExecution execution, CancellationToken stop) => Submit(execution, stop);

    private Task<TResult> Submit<TResult>((JobExecution Execution, Task<TResult> Completion) job, CancellationToken cancellationToken)
    {
        Submit(job.Execution, cancellationToken);
        return job.Completion;
    }

    /// <summary>Hands a job to the coordinator; every call of the API comes through here.</summary>
    private void Submit(JobExecution execution, CancellationToken cancellationToken)
    {
        var nested = IsNested;
        CheckOpen(nested);
        if (cancellationToken.IsCancellationRequested)
        {
            execution.Fail(JobCancellation.ByToken(execution.Name, cancellationToken));
            return;
        }
        execution.Owner = this;
        if (nested)
            execution.Parent = WorkContext.Current!.Lease;
        _pool.Submit(Coordinator, execution);
        // After the job was sent: a token that is cancelled meanwhile sends its message after it.
        if (cancellationToken.CanBeCanceled)
            execution.EndOnCancellation(_endJob, cancellationToken);
    }

    /// <summary>Whether a function that runs in this pool calls it.</summary>
    private bool IsNested => WorkContext.Current is { } context && ReferenceEquals(context.Pool, _pool);

    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    /// <exception cref="InvalidOperationException">It is closed, and the call does not come from a function that it runs.</exception>
    private void CheckOpen(bool nested)
    {
        // A closed pool takes no new jobs, but running ones may need nested ones to end.
        if (_phase is PoolPhase.Open || (nested && _phase == PoolPhase.Closed))
            return;
        ObjectDisposedException.ThrowIf(_phase == PoolPhase.Disposed, this);
        throw new InvalidOperationException(
            $"The pool [{_settings.Name}] is closed and takes no new jobs. " +
            "Submit before CloseAsync or TerminateAsync, or create another pool.");
    }

    private void EndJob(JobExecution execution, Exception reason)
    {
        // At once: the pool may be disposed before the coordinator reads the message.
        execution.RequestEnd(reason);
        Coordinator.Tell(new JobProtocol.EndJob(execution, reason));
    }

    /// <summary>Which jobs the pool takes.</summary>
    private enum PoolPhase
    {
        /// <summary>All.</summary>
        Open,

        /// <summary>Those that the functions of running jobs submit.</summary>
        Closed,

        /// <summary>None.</summary>
        Disposed,
    }
}
