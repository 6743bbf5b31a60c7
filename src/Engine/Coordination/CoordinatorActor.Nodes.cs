using Akka.Actor;
using ActorPool.Gathering;
using ActorPool.Routing;
using ActorPool.Telemetry;

namespace ActorPool.Coordination;

// Nodes: what they get, and what becomes of it when they go.
internal sealed partial class CoordinatorActor
{
    private readonly NodeRoster _nodes;
    private readonly Dictionary<int, (IActorRef Link, string Address)> _links = [];
    private ICancelable? _missing;

    /// <summary>Losses after which the next one decides over an item.</summary>
    private int LastChance => _settings.WorkerLosses - 1;

    /// <summary>Workers that share the jobs: those of this process that wait for no nested call, and those of the nodes.</summary>
    private int Sharing => Math.Max(1, _roster.Free + _nodes.Workers);

    private void OnNodeReady(NodeProtocol.NodeReady ready)
    {
        _nodes.Enter(ready.NodeId, ready.Workers);
        _links.Add(ready.NodeId, (ready.Link, ready.Address));
        _pool.Counters.WorkersStarted(ready.Workers);
        _log.NodeJoined(ready.Address, ready.Workers, _settings.Name);
        var waited = _missing is not null;
        StopWatchingForWorkers();
        Deal();
        if (waited)
            ReportWorkers();
        _pool.HasWorkers.TrySetResult();
    }

    private void OnNodeLeaving(NodeProtocol.NodeLeaving leaving)
    {
        _nodes.Leave(leaving.NodeId);
        Deal();
        WatchForWorkers();
    }

    private void OnNodeLost(NodeProtocol.NodeLost lost)
    {
        var isLeaving = _nodes.IsLeaving(lost.NodeId);
        if (!_nodes.TryRemove(lost.NodeId, out var held, out var workers) || !_links.Remove(lost.NodeId, out var link))
            return;
        if (!isLeaving)
            _pool.Counters.WorkersLost(workers);
        if (held.Count > 0)
            _log.NodeLost(link.Address, lost.Reason, held.Count, _settings.Name);
        foreach (var lease in held)
            OnLeaseLostWithNode(lease, link.Address, lost.Reason);
        Deal();
        WatchForWorkers();
    }

    private void OnLeaseLostWithNode(Lease lease, string address, string reason)
    {
        CloseLease(lease);
        if (!lease.TryRevoke() || !_jobs.TryGetValue(lease.Job.Id, out var job))
            return;
        if (job.EndReason is not null)
        {
            job.Ledger.Forget(lease);
            ForgetWhenDone(job);
        }
        else if ((job.Plan.ChunkIsItem || lease.Chunk.Count == 1) && lease.Losses >= LastChance)
        {
            if (!lease.HasBegun)
            {
                job.Ledger.PutBackUnbegun(lease);
                return;
            }
            var last = new WorkerLostException($"The node {address} was lost while it had item {lease.Chunk.Start}: {reason}");
            GiveUpItem(job, lease, new PoisonItemException(
                $"Item {lease.Chunk.Start} lost {lease.Losses + 1} nodes in a row and was given up (actorpool.worker-losses). Does it stop the process that runs it?", last));
        }
        else
        {
            job.Ledger.PutBackFromNode(lease, _settings.WorkerLosses);
        }
    }

    private void OnChunkReturned(NodeProtocol.ChunkReturned returned)
    {
        var lease = returned.Lease;
        _nodes.TryRelease(returned.NodeId, lease);
        CloseLease(lease);
        if (_jobs.TryGetValue(lease.Job.Id, out var job))
        {
            if (lease.TryRevoke() && job.EndReason is null)
                job.Ledger.PutBack(lease, settled: 0, blamed: false);
            else
                job.Ledger.Forget(lease);
            ForgetWhenDone(job);
        }
        Deal();
    }

    private void OnInitializerFailed(NodeProtocol.InitializerFailed failed) =>
        Break(_links.TryGetValue(failed.NodeId, out var link) ? $"the node {link.Address}" : "a node", failed.Error);

    /// <summary>Each free worker of a node gets a chunk; when none is free, nodes get some to have at hand, of jobs whose chunks are short.</summary>
    private void DealToNodes()
    {
        if (_nodes.Count == 0)
            return;
        // One that is to have its last chance needs a node for itself: so that no other item is to blame if the node is lost, it gets nothing more until it is empty.
        var reserved = LastChance > 0 && _rotation.Jobs.Any(job => job.Ledger.HasSuspect(LastChance)) ? _nodes.Emptiest() : null;
        while (_nodes.WithFreeWorkers().Any(node => TryDealTo(node, mayWait: false, reserved)))
        {
        }
        while (_nodes.WithRoom().Any(node => TryDealTo(node, mayWait: true, reserved)))
        {
        }
    }

    private bool TryDealTo(int node, bool mayWait, int? reserved)
    {
        if (LastChance > 0 && (_nodes.HoldsSuspect(node, LastChance) || (node == reserved && !_nodes.IsEmpty(node))))
            return false;
        var mostLosses = LastChance == 0 || (!mayWait && _nodes.IsEmpty(node)) ? int.MaxValue : LastChance - 1;
        if (_rotation.TryTake(node, int.MaxValue, Sharing, mayWait, mostLosses) is not var (job, lease))
            return false;
        _nodes.Occupy(node, lease);
        _links[node].Link.Tell(new WorkProtocol.RunChunk(lease, job.Gatherer));
        return true;
    }

    private void OnShare(NodeProtocol.Share share)
    {
        foreach (var (link, _) in _links.Values)
            link.Tell(share);
    }

    private void TellNodesOfEnd(JobPlan plan)
    {
        foreach (var (link, _) in _links.Values)
            link.Tell(new NodeProtocol.JobEnded(plan));
    }

    /// <summary>A job waits for workers, but not for ever.</summary>
    private void WatchForWorkers()
    {
        if (!_settings.IsCluster || _missing is not null || _jobs.Count == 0 || _nodes.Workers > 0 || _settings.Workers > 0)
            return;
        ReportWorkers();
        var limit = _settings.Cluster.NoWorkersTimeout;
        _missing = Context.System.Scheduler.ScheduleTellOnceCancelable(limit, Self, new WorkersMissing(limit), Self);
    }

    /// <summary>Whoever follows a job's progress sees that it waits, and that it goes on.</summary>
    private void ReportWorkers()
    {
        foreach (var job in _jobs.Values.Where(job => job.Plan.Options.Progress is not null))
            job.Gatherer.Tell(new GathererActor.WorkersChanged(job.Plan));
    }

    private void StopWatchingForWorkers()
    {
        _missing?.Cancel();
        _missing = null;
    }

    private void OnWorkersMissing(WorkersMissing missing)
    {
        if (_missing is null)
            return; // a node came at the last moment
        _missing = null;
        foreach (var job in _jobs.Values.ToArray())
        {
            OnEndJob(job.Plan, new NoWorkersException(
                $"{job.Plan.Name} has had no worker for [{missing.Since}] (actorpool.cluster.no-workers-timeout): all nodes of the cluster are gone. Start one that joins it, and submit again."));
        }
    }
}
