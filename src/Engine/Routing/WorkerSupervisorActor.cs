using System.Diagnostics.CodeAnalysis;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Workers;
using Akka.Actor;
using Akka.Event;
using Akka.Routing;
using static ActorPool.Jobs.SupervisionProtocol;

namespace ActorPool.Routing;

/// <summary>Starts, watches, replaces and abandons a pool's local workers, and owns their round-robin router.</summary>
/// <remarks>
/// <see cref="SupervisionProtocol"/> shows the messages. The router creates the workers as its children and distributes a round of chunks,
/// one for each worker; all other chunks go directly from the coordinator to a worker. A worker that fails is stopped, never restarted: its
/// chunk is lost when the worker has ended. <see cref="WorkerReplacements"/> decides how many workers to start.
/// </remarks>
internal sealed class WorkerSupervisorActor : HandlerActor
{
    private static readonly TimeSpan s_routerTimeout = TimeSpan.FromSeconds(5); // a router that has stopped does not answer

    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly WorkerReplacements _replacements;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<int, IActorRef> _workers = [];
    private readonly Dictionary<IActorRef, int> _ids = [];
    private IActorRef _router = ActorRefs.Nobody;
    private int _routers;
    private int _questions; // to routers; only the answer to the last one counts
    private bool _routeesAreWorkers;
    private bool _startsAreAwaited;

    public WorkerSupervisorActor(PoolState pool, IActorRef coordinator, int workers)
    {
        (_pool, _coordinator) = (pool, coordinator);
        _replacements = new WorkerReplacements(workers);
        Supervising();
    }

    public static Props PropsFor(PoolState pool, IActorRef coordinator, int workers) =>
        Props.Create(() => new WorkerSupervisorActor(pool, coordinator, workers)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        var (self, coordinator) = (Self, _coordinator);
        // This actor stops only after its workers, which may be never. The coordinator must know at once, since no one replaces them now.
        Context.ActorOf(SentinelActor.PropsFor(() => coordinator.Tell(new SupervisorStopping(self))), "sentinel");
        StartRouter();
    }

    private void Supervising()
    {
        Receive<DispatchRound>(OnDispatchRound);
        Receive<WorkerReady>(OnWorkerReady);
        Receive<WorkerFailed>(OnWorkerFailed);
        Receive<WorkerVanished>(_ => OnWorkerVanished());
        Receive<Terminated>(OnTerminated);
        Receive<RouterAnswered>(OnRouterAnswered);
        Receive<SetWorkerCount>(OnSetWorkerCount);
        Receive<RetireWorker>(retire => OnRetireWorker(retire.WorkerId));
        Receive<AbandonWorker>(abandon => OnAbandonWorker(abandon.WorkerId));
        Receive<StopReplacing>(_ => _replacements.Stop());
        Receive<AwaitStarts>(_ => OnAwaitStarts());
        Receive<DisposalFailed>(failed => _log.DisposalFailed(failed.WorkerId, failed.Error));
    }

    /// <summary>Lets the router distribute the chunks if its routees are the workers of the round.</summary>
    /// <remarks>Otherwise each worker gets its chunk from here.</remarks>
    private void OnDispatchRound(DispatchRound round)
    {
        if (_routeesAreWorkers && AreAllPresent(round.Workers))
        {
            foreach (var lease in round.Leases)
                _router.Tell(lease);
            return;
        }
        for (var i = 0; i < round.Leases.Length; i++)
        {
            // A missing worker was reported as lost before this round arrived: the coordinator revokes chunks that no worker has claimed.
            if (_workers.TryGetValue(round.Workers[i], out var worker))
                worker.Tell(round.Leases[i]);
        }
    }

    private bool AreAllPresent(IReadOnlyList<int> workers)
    {
        if (workers.Count != _workers.Count)
            return false;
        for (var i = 0; i < workers.Count; i++) // a query would allocate for each round
        {
            if (!_workers.ContainsKey(workers[i]))
                return false;
        }
        return true;
    }

    private void StartRouter()
    {
        var pool = new RoundRobinPool(_replacements.StartRouter()).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop));
        var workers = WorkerActor.PropsFor(_pool, _coordinator, Self).WithDispatcher(PoolSettings.WorkerDispatcher).WithRouter(pool);
        _router = Context.ActorOf(workers, $"workers-{++_routers}");
        Context.Watch(_router);
    }

    /// <summary>Starts a new router if only abandoned workers of the present one remain.</summary>
    /// <remarks>
    /// A router without routees stops itself, but only after its children: until then, messages to it are lost. No issue of Akka's is
    /// known; see docs/akka.md, Workarounds. Remove when <c>StuckRouterTests</c> passes without it.
    /// </remarks>
    private void LeaveStuckRouter()
    {
        if (!_replacements.IsRouterStuck)
            return;
        Context.Unwatch(_router);
        Context.Stop(_router);
        StartRouter();
    }

    private void OnWorkerReady(WorkerReady ready)
    {
        Context.Watch(ready.Worker);
        _workers.Add(ready.WorkerId, ready.Worker);
        _ids.Add(ready.Worker, ready.WorkerId);
        _replacements.Enter();
        _coordinator.Tell(ready);
        AskRouter();
        AnswerStarts();
    }

    private void OnWorkerFailed(WorkerFailed failed)
    {
        _replacements.FailToEnter();
        _replacements.Stop();
        _coordinator.Tell(failed);
        AnswerStarts();
    }

    private void OnWorkerVanished()
    {
        _replacements.FailToEnter();
        LeaveStuckRouter();
        Replace();
        AnswerStarts();
    }

    private void OnTerminated(Terminated terminated)
    {
        if (terminated.ActorRef.Equals(_router))
        {
            // A local pool router stops when its last routee has stopped. It is replaced unless the pool has failed. No issue of Akka's is
            // known; see docs/akka.md, Routers. Remove when a router without routees keeps running.
            if (!_replacements.HasStopped)
                StartRouter();
            return;
        }
        if (!_ids.TryGetValue(terminated.ActorRef, out var lost) || !TryForget(lost, out _))
            return;
        _replacements.Leave();
        _coordinator.Tell(new WorkerLost(lost));
        LeaveStuckRouter();
        Replace();
        AskRouter();
    }

    private void OnSetWorkerCount(SetWorkerCount set)
    {
        _replacements.SetTarget(set.Count);
        Replace();
    }

    private void OnRetireWorker(int id)
    {
        if (!TryForget(id, out var worker))
            return;
        _replacements.Leave();
        // Start the replacement first: a router stops with its last routee (docs/akka.md, Routers). Remove when it keeps running.
        Replace();
        Context.Unwatch(worker);
        worker.Tell(Retire.Instance);
        AskRouter();
    }

    private void OnAbandonWorker(int id)
    {
        if (!TryForget(id, out var worker))
            return;
        _replacements.Abandon();
        Context.Unwatch(worker);
        Replace();
        _router.Tell(new RemoveRoutee(new ActorRefRoutee(worker)));
        AskRouter();
    }

    private bool TryForget(int id, [NotNullWhen(true)] out IActorRef? worker) => _workers.Remove(id, out worker) && _ids.Remove(worker);

    private void Replace()
    {
        if (_replacements.Missing is not (> 0 and var missing))
            return;
        _routeesAreWorkers = false;
        _replacements.Expect(missing);
        _router.Tell(new AdjustPoolSize(missing));
    }

    /// <summary>Checks whether the router's routees are the workers, so that it may distribute a round.</summary>
    private void AskRouter()
    {
        _routeesAreWorkers = false;
        // Workers that retire after some items get no rounds.
        if (_pool.Settings.MaxTasksPerWorker is not null || _replacements.Starting > 0 || _replacements.Missing > 0)
            return;
        var question = ++_questions;
        // Ask, not Tell: Akka's check serialize-messages refuses the answer in an actor's mailbox. No issue of Akka's is known; see
        // docs/akka.md, Workarounds. Remove when the answer passes that check.
        _router.Ask<Routees>(GetRoutees.Instance, s_routerTimeout).PipeTo(
            Self,
            success: routees => new RouterAnswered(question, [.. routees.Members.OfType<ActorRefRoutee>().Select(routee => routee.Actor)]),
            failure: _ => new RouterAnswered(question, []));
    }

    private void OnRouterAnswered(RouterAnswered answer) => _routeesAreWorkers =
        answer.Question == _questions && _replacements.Starting == 0 && answer.Routees.ToHashSet().SetEquals(_workers.Values);

    private void OnAwaitStarts()
    {
        _startsAreAwaited = true;
        AnswerStarts();
    }

    private void AnswerStarts()
    {
        if (!_startsAreAwaited || _replacements.Starting > 0)
            return;
        _startsAreAwaited = false;
        _coordinator.Tell(StartsEnded.Instance);
    }

    private sealed record RouterAnswered(int Question, IReadOnlyList<IActorRef> Routees) : IPoolMessage;
}
