using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Routing;
using Akka.Actor;

namespace ActorPool.Coordination;

// Workers: their start, their end, and the leases of those that are lost.
internal sealed partial class CoordinatorActor
{
    private readonly WorkerRoster _roster;
    private readonly Dictionary<int, IActorRef> _workers = [];
    private readonly HashSet<Lease> _routed = []; // leases of a round whose worker is not known yet
    private IActorRef _supervisor = ActorRefs.Nobody;
    private int _supervisors;
    private int _wanted; // the number that the supervisor was told last

    private void StartSupervisor()
    {
        _wanted = _roster.Wanted;
        var props = _pool.Stage?.SupervisorPropsFor(_pool, Self, _wanted) ?? WorkerSupervisorActor.PropsFor(_pool, Self, _wanted);
        _supervisor = Context.ActorOf(props, $"supervisor-{++_supervisors}");
    }

    private void OnWorkerReady(SupervisionProtocol.WorkerReady ready)
    {
        _pool.Counters.WorkersStarted(1);
        _workers.Add(ready.WorkerId, ready.Worker);
        _roster.Enter(ready.WorkerId);
        Dispatch();
    }

    private void OnWorkerFailed(SupervisionProtocol.WorkerFailed failed) => FailPool(WorkerName.Format(failed.WorkerId), failed.Error);

    /// <summary>Fails the pool and its jobs, since its initializer or state factory threw.</summary>
    /// <remarks>Another worker would fail in the same way.</remarks>
    private void FailPool(string worker, Exception error)
    {
        if (_poolFailure is null)
            _log.WorkerFailed(worker, _settings.Name, error);
        FailPool(new NoWorkersException(
            $"No work can be done: the initializer or the state factory of {worker} threw {error.GetType().Name}: " +
            $"{SafeText.GetReason(error)}. Correct it and create another pool.",
            error));
    }

    private void FailPool(NoWorkersException failure)
    {
        if (_poolFailure is not null)
            return;
        _poolFailure = failure;
        _pool.Failure = failure;
        _pool.Waiters.End(failure);
        _supervisor.Tell(SupervisionProtocol.StopReplacing.Instance);
        foreach (var job in _jobs.Values.ToArray())
            OnEndJob(job.Execution, _poolFailure);
    }

    private void OnWorkerLost(int id)
    {
        if (!_roster.TryRemove(id, out var held))
            return; // it was retired or abandoned meanwhile
        _workers.Remove(id);
        _pool.Counters.WorkersLost(1);
        _log.WorkerLost(id, _settings.Name);
        var running = _routed.Where(lease => lease.WorkerId == id && lease.IsClaimed).ToHashSet();
        if (held is not null)
            running.Add(held);
        foreach (var lease in running)
            OnLeaseLost(lease, id);
        // An unclaimed chunk of a round may have been lost in this worker's mailbox. If another worker has it, that one finds it revoked.
        foreach (var lease in _routed.Where(lease => !lease.IsClaimed).ToArray())
            OnLeaseLost(lease, id);
        Dispatch();
    }

    /// <summary>Starts another supervisor when this one is being stopped with its workers.</summary>
    private void OnSupervisorStopping(SupervisionProtocol.SupervisorStopping stopping)
    {
        if (!stopping.Supervisor.Equals(_supervisor))
            return;
        _supervisor = ActorRefs.Nobody;
        if (_poolFailure is null)
            StartSupervisor();
        foreach (var id in _roster.Ids)
            OnWorkerLost(id);
        StopWhenDone();
    }

    private void ReleaseWorker(int id, Lease lease)
    {
        if (!TryReleaseNode(id, lease) && _roster.Release(id, lease) == ReleaseResult.Retire)
            Retire(id);
    }

    private void Retire(int id)
    {
        if (_workers.Remove(id))
            _supervisor.Tell(new SupervisionProtocol.RetireWorker(id));
    }

    private void AdjustWorkerCount()
    {
        if (_wanted != _roster.Wanted)
        {
            _wanted = _roster.Wanted;
            _supervisor.Tell(new SupervisionProtocol.SetWorkerCount(_wanted));
        }
        while (_roster.TryDismiss(out var id))
            Retire(id);
        _pool.Counters.Workers(_roster.Live + _nodes.Workers, _roster.Busy + Math.Min(_nodes.Held, _nodes.Workers));
        var areProcesses = _settings.Processes > 0;
        _pool.Counters.Nodes(areProcesses ? 0 : _nodes.Count, areProcesses ? _nodes.Count : 0, _nodes.Workers);
        _pool.Counters.Queue(_roster.Busy + _nodes.Held, _scheduler.Waiting);
        _pool.Waiters.Update(_roster.Live + _nodes.Workers);
    }

    private void OnGrow(JobProtocol.Grow grow)
    {
        if (_settings.Processes > 0)
            Context.Child(ProcessesName).Forward(grow);
        else
            _roster.Grow(grow.Workers);
        Dispatch();
    }

    /// <summary>Lends the slot of the worker whose function submitted this job, if one did.</summary>
    /// <remarks>A worker lends its slot once, however many jobs its function waits for.</remarks>
    /// <returns>False if no more slots can be lent.</returns>
    private bool TryLendFor(JobExecution execution)
    {
        if (execution.Parent is not { NestedJobs: >= 0 } parent)
            return true;
        if (parent.NestedJobs == 0)
        {
            if (_roster.LoansExhausted)
            {
                execution.Parent = null;
                return false;
            }
            _roster.Lend();
        }
        parent.NestedJobs++;
        return true;
    }

    private void TakeBackFor(JobExecution execution)
    {
        if (execution.Parent is { NestedJobs: > 0 } parent && --parent.NestedJobs == 0)
            _roster.TakeBack();
    }

    /// <summary>Takes back the slot that an ended lease has lent, and stops its timer.</summary>
    private void CloseLease(Lease lease)
    {
        if (lease.NestedJobs > 0)
            _roster.TakeBack();
        lease.NestedJobs = -1;
        lease.Reaper?.Cancel();
    }
}
