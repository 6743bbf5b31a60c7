using Akka.Actor;
using Akka.Event;
using ActorPool.Chunking;
using ActorPool.Cluster;
using ActorPool.Gathering;
using ActorPool.Hosting;
using ActorPool.Routing;
using ActorPool.Telemetry;

namespace ActorPool.Coordination;

/// <summary>Cuts the inputs of jobs into chunks, deals them to workers on demand, and makes good what is lost. One for each pool.</summary>
/// <remarks>
/// <code>
/// caller ──StartJob, EndJob──►             ──RunChunk──► worker (a first wave by way of the router)
/// consumer ──Yielded────────► coordinator  ◄──WorkerReady, ChunkEnded── worker
/// reader ──InputAvailable───►             ──Begin, InputEnded, Finish──► gatherer ──Finished──► coordinator
/// </code>
/// A chunk is lost only with its worker: then <see cref="Terminated"/> puts it back. A chunk that the router dealt is known to have a worker once that has
/// claimed it; when a worker dies, those that nobody has claimed are revoked and dealt again. What is decided stands in the plain classes
/// <see cref="JobLedger"/>, <see cref="JobRotation"/>, <see cref="WorkerRoster"/> and <see cref="ChunkSizer"/>.
/// </remarks>
internal sealed partial class CoordinatorActor : ReceiveActor
{
    private readonly PoolState _pool;
    private readonly PoolSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private NoWorkersException? _broken;
    private bool _closing;

    public CoordinatorActor(PoolState pool)
    {
        _pool = pool;
        _settings = pool.Settings;
        _roster = new WorkerRoster(_settings.Workers, _settings.MaxTasksPerWorker, _settings.NestedWorkers);
        _nodes = new NodeRoster(_settings.Cluster.Prefetch);
        Running();
    }

    public static Props PropsFor(PoolState pool) => Props.Create(() => new CoordinatorActor(pool)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        if (_pool.HasEnded)
        {
            Context.Stop(Self); // restarted after an error of its own: the books are gone, and the callers were told
            return;
        }
        Context.ActorOf(SentinelActor.PropsFor(_pool), "sentinel");
        if (_settings.Workers > 0)
            StartRouter();
        if (_pool.Code is { } code)
            Context.ActorOf(NodeDirectoryActor.PropsFor(_pool, code.Seeds, Self), "nodes");
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _pool.End(new ActorPoolException("The pool's coordinator failed, and the pool has ended with it. This is an error in ActorPool: please report it with the inner exception.", reason));
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        foreach (var job in _jobs.Values)
        {
            job.StopTimers();
            job.Reaper?.Cancel();
        }
        _look?.Cancel();
        _missing?.Cancel();
        _pool.MarkStopped();
    }

    private void Running()
    {
        Receive<WorkProtocol.ChunkEnded>(OnChunkEnded);
        Receive<StartJob>(start => OnStartJob(start.Job));
        Receive<Finished>(OnFinished);
        Receive<Yielded>(OnYielded);
        Receive<InputAvailable>(available => OnInputAvailable(available.Job));
        Receive<InputEnded>(ended => OnInputEnded(ended.Job));
        Receive<EndJob>(end => OnEndJob(end.Job, end.Reason));
        Receive<DeadlinePassed>(passed => OnDeadlinePassed(passed.Job));
        Receive<CheckItems>(check => OnCheckItems(check.Job));
        Receive<ItemJudged>(OnItemJudged);
        Receive<Reap>(OnReap);
        Receive<LookAtJobs>(_ => OnLookAtJobs());
        Receive<WorkProtocol.WorkerReady>(OnWorkerReady);
        Receive<WorkProtocol.WorkerFailed>(OnWorkerFailed);
        Receive<WorkProtocol.WorkerVanished>(_ => OnWorkerVanished());
        Receive<NodeProtocol.NodeReady>(OnNodeReady);
        Receive<NodeProtocol.NodeLeaving>(OnNodeLeaving);
        Receive<NodeProtocol.NodeLost>(OnNodeLost);
        Receive<NodeProtocol.ChunkReturned>(OnChunkReturned);
        Receive<NodeProtocol.JobRefused>(refused => OnEndJob(refused.Job, refused.Reason));
        Receive<NodeProtocol.InitializerFailed>(OnInitializerFailed);
        Receive<NodeProtocol.Share>(OnShare);
        Receive<WorkersMissing>(OnWorkersMissing);
        Receive<RouterAnswered>(OnRouterAnswered);
        Receive<Terminated>(OnTerminated);
        Receive<WorkProtocol.DisposalFailed>(failed => _log.DisposalFailed(failed.WorkerId, failed.Error));
        Receive<IJobRequest>(OnJobRequest);
        Receive<CancelJob>(OnCancelJob);
        Receive<Close>(_ => OnClose());
        Receive<Terminate>(_ => OnTerminate());
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
            StopDealing(job);
        Context.Stop(Self);
    }

    private void StopWhenDone()
    {
        // Workers that are starting are let start: an initializer runs once on each, however soon the pool is closed.
        if (_closing && _unfinished == 0 && _roster.Starting == 0)
            Context.Stop(Self);
    }

    /// <summary>Caller to coordinator: run this.</summary>
    public sealed record StartJob(JobPlan Job) : INoSerializationVerificationNeeded;

    /// <summary>Caller, gatherer or timer to coordinator: the job fails for this reason, if it has not ended.</summary>
    public sealed record EndJob(JobPlan Job, Exception Reason) : INoSerializationVerificationNeeded;

    /// <summary>Consumer or gatherer to coordinator: so many more items no longer count against the window.</summary>
    public sealed record Yielded(JobPlan Job, long Items) : INoSerializationVerificationNeeded;

    /// <summary>Gatherer to coordinator: the caller has its answer, and the gatherer is free.</summary>
    public sealed record Finished(JobPlan Job) : INoSerializationVerificationNeeded;

    /// <summary>Caller to coordinator: stop when no job runs.</summary>
    public sealed record Close : INoSerializationVerificationNeeded
    {
        public static readonly Close Instance = new();
    }

    /// <summary>Caller to coordinator: stop.</summary>
    public sealed record Terminate : INoSerializationVerificationNeeded
    {
        public static readonly Terminate Instance = new();
    }

    private sealed record InputAvailable(JobPlan Job) : INoSerializationVerificationNeeded;

    private sealed record InputEnded(JobPlan Job) : INoSerializationVerificationNeeded;

    private sealed record DeadlinePassed(JobPlan Job) : INoSerializationVerificationNeeded;

    private sealed record CheckItems(RunningJob Job) : INoSerializationVerificationNeeded;

    private sealed record ItemJudged(RunningJob Job, Lease Lease, Exception Error, bool Again) : INoSerializationVerificationNeeded;

    private sealed record WorkersMissing(TimeSpan Since) : INoSerializationVerificationNeeded;

    private sealed record RouterAnswered(IReadOnlyList<IActorRef> Workers) : INoSerializationVerificationNeeded;

    private sealed record Reap(RunningJob Job, Lease? Lease) : INoSerializationVerificationNeeded;
}
