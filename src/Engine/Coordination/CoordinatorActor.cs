using ActorPool.Chunking;
using ActorPool.Client;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Routing;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Coordination;

/// <summary>Cuts jobs into chunks, dispatches them to workers on demand, and requeues what is lost.</summary>
/// <remarks>
/// <code>
/// caller ──JobExecution, EndJob──►         ──Lease──► worker, link ──Lease──► coordinator
/// consumer ──Yielded────────► coordinator ──DispatchRound──► supervisor ──WorkerReady, WorkerLost──► coordinator
/// reader ──InputAvailable───►             ──Begin, InputEnded, Finish──► gatherer ──Finished──► coordinator
/// </code>
/// There is one for each pool. The supervisor starts and watches the workers of this process, and its router distributes a round: one chunk
/// for each of them. Which worker has a chunk of a round is known once the worker has claimed it. When a worker is lost, the chunks of the
/// round that no worker has claimed are revoked and requeued. The decisions are made in plain classes: <see cref="JobLedger"/>,
/// <see cref="FairScheduler"/>, <see cref="LossPolicy"/>, <see cref="WorkerRoster"/>, <see cref="NodeRoster"/> and
/// <see cref="ChunkSizer"/>.
/// </remarks>
internal sealed partial class CoordinatorActor : HandlerActor
{
    private const string NodesName = "nodes";
    private const string ProcessesName = "processes";

    private readonly PoolState _pool;
    private readonly SessionSource? _source;
    private readonly PoolSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private NoWorkersException? _poolFailure;
    private bool _closing;

    public CoordinatorActor(PoolState pool, SessionSource? source)
    {
        (_pool, _source) = (pool, source);
        _settings = pool.Settings;
        _roster = new WorkerRoster(_settings.Workers, _settings.MaxTasksPerWorker, _settings.NestedWorkers);
        // A worker process has one chunk at a time: none needs a process that has no other.
        var lossesOfNodes = _settings.Processes > 0 ? 1 : _settings.WorkerLosses;
        _nodes = new NodeRoster(_settings.Prefetch, lossesOfNodes, prefersLast: _settings.Processes > 0);
        _losses = new LossPolicy(_settings.WorkerLosses);
        _scheduler = new FairScheduler(lossesOfNodes - 1);
        _gatherers = new GathererSet(StartGatherer);
        Running();
    }

    public static Props PropsFor(PoolState pool, SessionSource? source = null) =>
        Props.Create(() => new CoordinatorActor(pool, source)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        if (_pool.HasEnded)
        {
            Context.Stop(Self); // restarted after its own error: its state is lost, and the callers were told
            return;
        }
        StartSentinel();
        Instruments.Publish();
        MeasuredPools.Add(_pool.Counters);
        if (_settings.Workers > 0)
            StartSupervisor();
        if (_source is ClusterClient client)
            Context.ActorOf(NodeDirectoryActor.PropsFor(_pool, client, Self), NodesName);
        else if (_source is ProcessSource processes)
            Context.ActorOf(ProcessSupervisorActor.PropsFor(_pool, processes, Self), ProcessesName);
    }

    /// <summary>Treats an exception of the supervisor as one of this actor.</summary>
    /// <remarks>What the supervisor knew of its workers is lost.</remarks>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error => error switch
    {
        ActorKilledException => Directive.Stop,
        _ when Sender.Equals(_supervisor) => Directive.Escalate,
        _ => Akka.Actor.SupervisorStrategy.DefaultDecider.Decide(error),
    });

    protected override void PreRestart(Exception reason, object message)
    {
        _pool.End(new ActorPoolException(
            "The pool's coordinator failed, and the pool has ended with it. " +
            "This is an error in ActorPool: please report it with the inner exception.",
            reason));
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        foreach (var job in _jobs.Values)
        {
            job.StopTimers();
            job.Reaper?.Cancel();
        }
        _check?.Cancel();
        _lagCheck?.Cancel();
        _missing?.Cancel();
        _pool.MarkStopped();
    }

    /// <summary>Answers the callers as soon as this actor is being stopped, and cancels what runs.</summary>
    /// <remarks>After <c>actorpool.shutdown-timeout</c>, no one waits for functions that still run.</remarks>
    private void StartSentinel()
    {
        var (pool, scheduler) = (_pool, Context.System.Scheduler.Advanced);
        Context.ActorOf(SentinelActor.PropsFor(() =>
        {
            pool.End(new PoolTerminatedException());
            scheduler.ScheduleOnce(pool.Settings.ShutdownTimeout, pool.GiveUp);
        }), "sentinel");
    }

    private void Running()
    {
        Receive<Lease>(lease => OnChunkEnded(lease, lease.WorkerId));
        Receive<WorkProtocol.Unclaimed>(unclaimed => OnChunkEnded(unclaimed.Lease, unclaimed.WorkerId));
        Receive<JobExecution>(OnStartJob);
        Receive<GatheringProtocol.Finished>(OnFinished);
        Receive<JobProtocol.Yielded>(OnYielded);
        Receive<InputAvailable>(available => OnInputAvailable(available.Job));
        Receive<InputEnded>(ended => OnInputEnded(ended.Job));
        Receive<JobProtocol.EndJob>(end => OnEndJob(end.Job, end.Reason));
        Receive<DeadlinePassed>(passed => OnDeadlinePassed(passed.Job));
        Receive<CheckItems>(check => OnCheckItems(check.Job));
        Receive<ItemJudged>(OnItemJudged);
        Receive<LostItemJudged>(OnLostItemJudged);
        Receive<Reap>(OnReap);
        Receive<CheckJobs>(_ => OnCheckJobs());
        Receive<CheckLag>(_ => OnCheckLag());
        Receive<LagProbe>(OnLagProbe);
        Receive<SupervisionProtocol.WorkerReady>(OnWorkerReady);
        Receive<SupervisionProtocol.WorkerLost>(lost => OnWorkerLost(lost.WorkerId));
        Receive<SupervisionProtocol.WorkerFailed>(OnWorkerFailed);
        Receive<SupervisionProtocol.StartsEnded>(_ => OnStartsEnded());
        Receive<SupervisionProtocol.SupervisorStopping>(OnSupervisorStopping);
        Receive<NodeProtocol.NodeReady>(OnNodeReady);
        Receive<NodeProtocol.NodeResized>(OnNodeResized);
        Receive<NodeProtocol.NodeLeaving>(OnNodeLeaving);
        Receive<NodeProtocol.NodeLost>(OnNodeLost);
        Receive<NodeProtocol.ProcessLost>(OnProcessLost);
        Receive<NodeProtocol.ProcessesFailed>(OnProcessesFailed);
        Receive<NodeProtocol.ChunkReturned>(OnChunkReturned);
        Receive<NodeProtocol.JobRefused>(refused => OnEndJob(refused.Job, refused.Reason));
        Receive<NodeProtocol.InitializerFailed>(OnInitializerFailed);
        Receive<NodeProtocol.PoolRefused>(OnPoolRefused);
        Receive<NodeProtocol.PublishBroadcast>(OnPublishBroadcast);
        Receive<WorkersMissing>(OnWorkersMissing);
        Receive<IJobRequest>(OnJobRequest);
        Receive<CancelJob>(OnCancelJob);
        Receive<JobProtocol.DescribeJobs>(_ => OnDescribeJobs());
        Receive<JobProtocol.DescribePool>(_ => OnDescribePool());
        Receive<JobProtocol.DescribeJob>(OnDescribeJob);
        Receive<JobProtocol.CancelById>(OnCancelById);
        Receive<JobProtocol.RetryFailed>(OnRetryFailed);
        Receive<GatheringProtocol.FailuresTaken>(OnFailuresTaken);
        Receive<NodeProtocol.ListNodes>(list => Context.Child(NodesName).Forward(list));
        Receive<JobProtocol.Grow>(OnGrow);
        Receive<JobProtocol.Close>(_ => OnClose());
        Receive<JobProtocol.Terminate>(_ => OnTerminate());
    }

    private void OnClose()
    {
        _closing = true;
        StopWhenDone();
    }

    private void OnTerminate()
    {
        _closing = true;
        _pool.End(new PoolTerminatedException());
        foreach (var job in _jobs.Values)
            StopDispatching(job);
        Context.Stop(Self);
    }

    private void StopWhenDone()
    {
        if (!_closing || _unfinished > 0)
            return;
        // Let workers finish their start: an initializer runs once on each, however soon the pool is closed.
        if (_supervisor.IsNobody())
            Context.Stop(Self);
        else
            _supervisor.Tell(SupervisionProtocol.AwaitStarts.Instance);
    }

    private void OnStartsEnded()
    {
        if (_closing && _unfinished == 0)
            Context.Stop(Self);
    }

    private sealed record InputAvailable(JobExecution Job) : IPoolMessage;

    private sealed record InputEnded(JobExecution Job) : IPoolMessage;

    private sealed record DeadlinePassed(JobExecution Job) : IPoolMessage;

    private sealed record CheckItems(RunningJob Job) : IPoolMessage;

    private sealed record ItemJudged(RunningJob Job, Lease Lease, Exception Error, bool ShouldRetry) : IPoolMessage;

    private sealed record WorkersMissing(TimeSpan Since) : IPoolMessage;

    private sealed record Reap(RunningJob Job, Lease? Lease) : IPoolMessage;
}
