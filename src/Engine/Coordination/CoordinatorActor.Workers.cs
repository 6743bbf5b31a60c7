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

    private void OnWorkerReady(WorkProtocol.WorkerReady ready)
    {
        _pool.Counters.WorkerStarted();
        Context.Watch(ready.Worker);
        _workers.Add(ready.WorkerId, ready.Worker);
        _roster.Enter(ready.WorkerId);
        AskRouter();
        Deal();
    }

    private void OnWorkerFailed(WorkProtocol.WorkerFailed failed)
    {
        _roster.FailToEnter();
        if (_broken is not null)
            return;
        _broken = new NoWorkersException(
            $"No work can be done: the initializer or the state factory of worker-{failed.WorkerId} threw {failed.Error.GetType().Name}: {SafeText.MessageOf(failed.Error)} Mend it and create another pool.", failed.Error);
        _log.WorkerFailed(failed.WorkerId, _settings.Name, failed.Error);
        foreach (var job in _jobs.Values.ToArray())
            OnEndJob(job.Plan, _broken);
    }

    private void OnWorkerVanished()
    {
        _roster.FailToEnter();
        HireAndDismiss();
    }

    /// <summary>The router may deal a wave only while it knows the same workers as the roster.</summary>
    private void AskRouter()
    {
        _routerAgrees = false;
        if (_roster.Starting > 0 || _roster.Live != _settings.Workers)
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
        _pool.Counters.WorkerLost();
        _log.WorkerLost(gone.Key, _settings.Name);
        var running = _jobs.Values.SelectMany(job => job.Ledger.Out).Where(lease => lease.WorkerId == gone.Key && lease.IsClaimed).ToHashSet();
        if (held is not null)
            running.Add(held);
        foreach (var lease in running)
            OnLeaseLost(lease, gone.Key);
        // A wave's chunk that nobody has claimed may have died in this worker's mailbox; another worker that has it will find it revoked.
        foreach (var lease in _routed.Where(lease => !lease.IsClaimed).ToArray())
            OnLeaseLost(lease, gone.Key);
        AskRouter();
        Deal();
    }

    private void OnLeaseLost(Lease lease, int worker)
    {
        _routed.Remove(lease);
        CloseLease(lease);
        var wasRunning = lease.IsClaimed;
        if (!lease.TryRevoke() || !_jobs.TryGetValue(lease.Job.Id, out var job))
            return;
        lease.CancelItem();
        if (job.EndReason is not null)
        {
            job.Ledger.Forget(lease);
            ForgetWhenDone(job);
        }
        else if (lease.SettledItems == lease.Chunk.Count)
        {
            SettleAndPutBack(job, lease, blamed: false); // stopped between its last item and its report: nobody is to blame
        }
        else if (wasRunning && lease.Losses + 1 >= _settings.WorkerLosses)
        {
            var index = lease.Chunk.Start + lease.Completed;
            var last = new WorkerLostException($"{WorkerIdentity.NameOf(worker)} was stopped while it ran item {index}.");
            GiveUpItem(job, lease, new PoisonItemException($"Item {index} lost {lease.Losses + 1} workers in a row and was given up (actorpool.worker-losses). Does it stop the worker that runs it?", last));
        }
        else
        {
            SettleAndPutBack(job, lease, blamed: wasRunning);
        }
    }

    private void ReleaseWorker(int id, Lease lease)
    {
        if (_roster.Release(id, lease) == WorkerNext.Retire)
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
        _pool.Counters.Workers(_roster.Live, _roster.Busy);
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

    private void OnCheckItems(RunningJob job)
    {
        if (job.EndReason is not null || job.IsFinishing)
            return;
        var limit = job.Plan.Options.ItemTimeout!.Value;
        var next = limit;
        foreach (var lease in job.Ledger.Out.ToArray())
        {
            var started = lease.ItemStarted;
            if (started == 0 || !lease.IsClaimed)
                continue;
            var left = limit - _settings.TimeProvider.GetElapsedTime(started);
            if (left > TimeSpan.Zero)
                next = left < next ? left : next;
            else
                OnItemTimedOut(job, lease, started, limit);
        }
        job.ItemCheck = Context.System.Scheduler.ScheduleTellOnceCancelable(next, Self, new CheckItems(job), Self);
        Deal();
    }

    private void OnItemTimedOut(RunningJob job, Lease lease, long started, TimeSpan limit)
    {
        if (!lease.TryRevoke())
            return;
        lease.CancelItem();
        lease.Reaper = Context.System.Scheduler.ScheduleTellOnceCancelable(_settings.AbandonAfter, Self, new Reap(job, lease), Self);
        if (lease.ItemStarted != started)
        {
            SettleAndPutBack(job, lease, blamed: false); // it ended at the last moment; those behind it have done nothing wrong
            return;
        }
        var error = new TimeoutException($"Item {lease.Chunk.Start + lease.Completed} ran longer than JobOptions.ItemTimeout [{limit}].");
        var (plan, attempt) = (job.Plan, lease.Attempt);
        if (plan.Options.RetryWhen is null)
        {
            OnItemJudged(new ItemJudged(job, lease, error, Again: attempt <= plan.Options.Retries));
            return;
        }
        // The predicate is user code: it may block or throw, and does so on a worker's thread.
        Task.Factory.StartNew(() => plan.Judge(attempt, error), CancellationToken.None, TaskCreationOptions.DenyChildAttach, UserTaskScheduler.For(Context.System))
            .PipeTo(Self, success: judged => new ItemJudged(job, lease, judged.Error, judged.Again));
    }

    private void OnItemJudged(ItemJudged judged)
    {
        var (job, lease) = (judged.Job, judged.Lease);
        if (job.EndReason is not null)
            return;
        if (judged.Again)
        {
            var behind = job.Plan.ChunkIsItem ? lease.Chunk.Count : lease.Completed + 1;
            lease.AddAgain(lease.Completed);
            Settle(job, lease, behind);
            job.Ledger.PutBack(lease, behind, blamed: false);
        }
        else
        {
            GiveUpItem(job, lease, judged.Error);
        }
        Deal();
    }

    /// <summary>The running item of a revoked lease has failed; the items before it are done, those behind it go back.</summary>
    private static void GiveUpItem(RunningJob job, Lease lease, Exception error)
    {
        var behind = job.Plan.ChunkIsItem ? lease.Chunk.Count : lease.Completed + 1;
        lease.AddFailure(JobPlan.FailureOf(lease, lease.Completed, error));
        Settle(job, lease, behind);
        job.Ledger.PutBack(lease, behind, blamed: false);
    }

    private static void SettleAndPutBack(RunningJob job, Lease lease, bool blamed)
    {
        Settle(job, lease, lease.SettledItems);
        job.Ledger.PutBack(lease, lease.SettledItems, blamed);
    }

    /// <summary>Tells the gatherer of those items of a revoked lease that have an outcome, or will run again.</summary>
    private static void Settle(RunningJob job, Lease lease, int count)
    {
        if (count > 0)
            job.Gatherer.Tell(new ChunkOutcome(job.Plan, lease.Chunk.Slice(0, count), lease.Attempt, lease.Failures, lease.Again));
    }

    private void OnReap(Reap reap)
    {
        var leases = reap.Lease is { } one ? [one] : reap.Job.Ledger.Out.ToArray();
        foreach (var lease in leases)
        {
            if (lease.WorkerId >= 0 && (_roster.Holds(lease.WorkerId, lease) || _routed.Contains(lease)))
                Abandon(lease);
            // A single one is off the books, or a predicate still judges its item.
            if (reap.Lease is null)
                reap.Job.Ledger.Forget(lease);
        }
        ForgetWhenDone(reap.Job);
        Deal();
    }

    /// <summary>Gives up a worker whose function does not come back: it keeps its thread, and another worker takes its place.</summary>
    private void Abandon(Lease lease)
    {
        _routed.Remove(lease);
        CloseLease(lease);
        if (!_roster.TryRemove(lease.WorkerId, out _) || !_workers.Remove(lease.WorkerId, out var worker))
            return;
        _pool.Counters.WorkerAbandoned();
        var count = _pool.Counters.Snapshot().Abandoned;
        _log.WorkerAbandoned(lease.WorkerId, lease.Chunk.Start + lease.Completed, lease.Job.Name, _settings.AbandonAfter, count);
        Context.Unwatch(worker);
        HireAndDismiss();
        _router.Tell(new RemoveRoutee(new ActorRefRoutee(worker)));
        AskRouter();
    }
}
