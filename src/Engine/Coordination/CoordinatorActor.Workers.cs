using Akka.Actor;
using Akka.Routing;
using ActorPool.Gathering;
using ActorPool.Hosting;
using ActorPool.Routing;
using ActorPool.Telemetry;
using ActorPool.Workers;

namespace ActorPool.Coordination;

// Workers: their coming and going, and what they leave behind.
internal sealed partial class CoordinatorActor
{
    private static readonly TimeSpan s_routerPatience = TimeSpan.FromSeconds(5); // a router that has stopped does not answer

    private readonly WorkerRoster _roster;
    private readonly Dictionary<int, IActorRef> _workers = [];
    private readonly HashSet<Lease> _routed = []; // dealt by the router to a worker that has not shown itself
    private IActorRef _router = ActorRefs.Nobody;
    private bool _routerAgrees;
    private bool _routerHasStuckChild;
    private int _routers;

    private void StartRouter()
    {
        _roster.ExpectNone(); // a router that is gone brings nobody
        var missing = Math.Max(1, _roster.Shortage);
        var pool = new RoundRobinPool(missing).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop));
        _router = Context.ActorOf(WorkerActor.PropsFor(_pool, Self).WithDispatcher(PoolSettings.WorkerDispatcher).WithRouter(pool), $"workers-{++_routers}");
        Context.Watch(_router);
        _roster.Expect(missing);
    }

    /// <summary>
    /// A router that has lost its last routee stops itself, but not before its children have stopped: an abandoned worker may never, and then nobody would hear of
    /// the router's end, and all that is asked of it would be lost.
    /// </summary>
    private void LeaveStuckRouter()
    {
        if (!_routerHasStuckChild || _workers.Count > 0 || _broken is not null)
            return;
        _routerHasStuckChild = false;
        Context.Unwatch(_router);
        Context.Stop(_router);
        StartRouter();
    }

    private void OnWorkerReady(WorkProtocol.WorkerReady ready)
    {
        _pool.Counters.WorkersStarted(1);
        Context.Watch(ready.Worker);
        _workers.Add(ready.WorkerId, ready.Worker);
        _roster.Enter(ready.WorkerId);
        AskRouter();
        Deal();
        StopWhenDone();
    }

    private void OnWorkerFailed(WorkProtocol.WorkerFailed failed)
    {
        _roster.FailToEnter();
        StopWhenDone();
        Break(WorkerIdentity.NameOf(failed.WorkerId), failed.Error);
    }

    /// <summary>The pool's own code for its workers threw: another worker would fare no better.</summary>
    private void Break(string worker, Exception error)
    {
        if (_broken is not null)
            return;
        _broken = new NoWorkersException(
            $"No work can be done: the initializer or the state factory of {worker} threw {error.GetType().Name}: {SafeText.MessageOf(error).TrimEnd('.')}. Correct it and create another pool.", error);
        _log.WorkerFailed(worker, _settings.Name, error);
        foreach (var job in _jobs.Values.ToArray())
            OnEndJob(job.Plan, _broken);
    }

    private void OnWorkerVanished()
    {
        _roster.FailToEnter();
        LeaveStuckRouter();
        HireAndDismiss();
        StopWhenDone();
    }

    /// <summary>The router may deal a wave only while it knows the same workers as the roster.</summary>
    private void AskRouter()
    {
        _routerAgrees = false;
        if (_roster.Starting > 0 || _roster.Live != _settings.Workers || _settings.Workers == 0)
            return;
        // Asked, not told: Akka's answer is a message that its own check for serializable messages refuses in an actor's mailbox.
        _router.Ask<Routees>(GetRoutees.Instance, s_routerPatience).PipeTo(
            Self,
            success: routees => new RouterAnswered([.. routees.Members.OfType<ActorRefRoutee>().Select(routee => routee.Actor)]),
            failure: _ => new RouterAnswered([]));
    }

    private void OnRouterAnswered(RouterAnswered answer) => _routerAgrees = answer.Workers.ToHashSet().SetEquals(_workers.Values);

    private void OnTerminated(Terminated terminated)
    {
        if (terminated.ActorRef.Equals(_router))
        {
            // A local pool whose routees have all stopped stops itself. Those of a broken pool have not: they never started.
            if (_broken is null)
                StartRouter();
            return;
        }
        if (_workers.FirstOrDefault(worker => worker.Value.Equals(terminated.ActorRef)) is not { Value: not null } gone || !_roster.TryRemove(gone.Key, out var held))
            return;
        _workers.Remove(gone.Key);
        _pool.Counters.WorkersLost(1);
        _log.WorkerLost(gone.Key, _settings.Name);
        var running = _jobs.Values.SelectMany(job => job.Ledger.Out).Where(lease => lease.WorkerId == gone.Key && lease.IsClaimed).ToHashSet();
        if (held is not null)
            running.Add(held);
        foreach (var lease in running)
            OnLeaseLost(lease, gone.Key);
        // A wave's chunk that nobody has claimed may have died in this worker's mailbox; another worker that has it will find it revoked.
        foreach (var lease in _routed.Where(lease => !lease.IsClaimed).ToArray())
            OnLeaseLost(lease, gone.Key);
        LeaveStuckRouter();
        AskRouter();
        Deal();
    }

    private void ReleaseWorker(int id, Lease lease)
    {
        if (!_nodes.TryRelease(id, lease) && _roster.Release(id, lease) == WorkerNext.Retire)
            Retire(id);
    }

    private void Retire(int id)
    {
        if (!_workers.Remove(id, out var worker))
            return;
        // The replacement first: a router whose last routee stops would stop, too.
        HireAndDismiss();
        Context.Unwatch(worker);
        worker.Tell(WorkProtocol.Retire.Instance);
        AskRouter();
    }

    private void HireAndDismiss()
    {
        var needed = _broken is null && (_roster.Shortage > 0);
        if (needed)
        {
            var missing = _roster.Shortage;
            _roster.Expect(missing);
            _router.Tell(new AdjustPoolSize(missing));
        }
        while (_roster.TryDismiss(out var id))
            Retire(id);
        _pool.Counters.Workers(_roster.Live + _nodes.Workers, _roster.Busy + Math.Min(_nodes.Held, _nodes.Workers));
        _pool.Counters.Nodes(_nodes.Workers);
    }

    /// <summary>A function that waits for a job of its own pool lends its worker's slot, once, however many jobs it waits for.</summary>
    private bool TryLendFor(JobPlan plan)
    {
        if (plan.Parent is not { NestedJobs: >= 0 } parent)
            return true;
        if (parent.NestedJobs == 0)
        {
            if (_roster.LoansExhausted)
            {
                plan.Parent = null;
                return false;
            }
            _roster.Lend();
        }
        parent.NestedJobs++;
        return true;
    }

    private void TakeBackFor(JobPlan plan)
    {
        if (plan.Parent is { NestedJobs: > 0 } parent && --parent.NestedJobs == 0)
            _roster.TakeBack();
    }

    /// <summary>A lease that has ended lends nothing.</summary>
    private void CloseLease(Lease lease)
    {
        if (lease.NestedJobs > 0)
            _roster.TakeBack();
        lease.NestedJobs = -1;
        lease.Reaper?.Cancel();
    }
}
