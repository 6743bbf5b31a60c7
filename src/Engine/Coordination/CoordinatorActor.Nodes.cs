using ActorPool.Client;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Routing;
using Akka.Actor;

namespace ActorPool.Coordination;

// Nodes: which chunks they get, and what happens to these when a node leaves or is lost.
internal sealed partial class CoordinatorActor
{
    private readonly NodeRoster _nodes;
    private readonly Dictionary<int, (IActorRef Link, string Address)> _links = [];
    private ICancelable? _missing;

    /// <summary>Workers that share the jobs; 1 or more.</summary>
    /// <remarks>Those of this process that do not wait for a nested job, and those of the nodes.</remarks>
    private int ActiveWorkers => Math.Max(1, _roster.Free + _nodes.Workers);

    private void OnNodeReady(NodeProtocol.NodeReady ready)
    {
        _nodes.Enter(ready.NodeId, ready.Workers, _settings.Processes > 0 ? _settings.MaxTasksPerWorker : null);
        _links.Add(ready.NodeId, (ready.Link, ready.Address));
        _pool.Counters.WorkersStarted(ready.Workers);
        if (_settings.IsCluster)
            _log.NodeJoined(ready.Address, ready.Workers, _settings.Name);
        var waited = _missing is not null;
        StopWatchingForWorkers();
        Dispatch();
        if (waited)
        {
            _log.JobsGoOn(_settings.Name, ready.Address);
            ReportWorkers();
        }
        _pool.HasWorkers.TrySetResult();
    }

    private void OnNodeResized(NodeProtocol.NodeResized resized)
    {
        var more = _nodes.Resize(resized.NodeId, resized.Workers);
        if (more > 0)
            _pool.Counters.WorkersStarted(more);
        Dispatch();
    }

    private void OnNodeLeaving(NodeProtocol.NodeLeaving leaving)
    {
        _nodes.Leave(leaving.NodeId);
        Dispatch();
        WatchForWorkers();
    }

    private void OnNodeLost(NodeProtocol.NodeLost lost)
    {
        var isOrderly = lost.IsOrderly || _nodes.IsLeaving(lost.NodeId);
        if (!_nodes.TryRemove(lost.NodeId, out var held, out var workers) || !_links.Remove(lost.NodeId, out var link))
            return;
        if (!isOrderly)
        {
            _pool.Counters.WorkersLost(workers);
            _pool.Counters.NodeLost();
            if (held.Count > 0)
                _log.NodeLost(link.Address, lost.Reason, held.Count, _settings.Name);
        }
        foreach (var lease in held)
            OnLeaseBack(lease, isOrderly ? LossCause.NodeLeft : LossCause.NodeLost, link.Address, lost.Reason);
        Dispatch();
        WatchForWorkers();
    }

    private void OnChunkReturned(NodeProtocol.ChunkReturned returned)
    {
        TryReleaseNode(returned.NodeId, returned.Lease);
        var address = _links.TryGetValue(returned.NodeId, out var link) ? link.Address : returned.Lease.WorkerName;
        OnLeaseBack(returned.Lease, returned.Cause, address, reason: "");
        Dispatch();
    }

    private void OnInitializerFailed(NodeProtocol.InitializerFailed failed) =>
        FailPool(
            !_links.TryGetValue(failed.NodeId, out var link) ? "a node"
            : _settings.Processes > 0 ? link.Address
            : $"the node {link.Address}",
            failed.Error);

    private void OnPoolRefused(NodeProtocol.PoolRefused refused)
    {
        var (address, reason) = (_links.TryGetValue(refused.NodeId, out var link) ? link.Address : "?", SafeText.GetReason(refused.Error));
        if (_poolFailure is null)
            _log.PoolRefused(address, _settings.Name, reason);
        FailPool(new NoWorkersException($"No work can be done: the node {address} refuses this pool. {reason}", refused.Error));
    }

    /// <summary>Takes a chunk back from a node; false if the node does not hold it.</summary>
    /// <remarks>A process that has had all items that it may get is replaced.</remarks>
    private bool TryReleaseNode(int id, Lease lease)
    {
        if (!_nodes.TryRelease(id, lease))
            return false;
        if (_nodes.IsUsedUp(id))
            _links[id].Link.Tell(NodeProtocol.RetireProcess.Instance);
        return true;
    }

    /// <summary>Gives chunks to free workers of nodes, then to busy nodes to queue.</summary>
    /// <remarks><see cref="FairScheduler.TryTake"/> says which jobs have chunks queued.</remarks>
    private void DispatchToNodes()
    {
        if (_nodes.Count == 0)
            return;
        var reserved = ReserveNode();
        while (TryDispatchToNode(allowQueueing: false, reserved))
        {
        }
        while (TryDispatchToNode(allowQueueing: true, reserved))
        {
        }
    }

    private int? ReserveNode() => _nodes.Reserve(_scheduler.HasSuspect);

    /// <summary>Whether a worker, here or at a node, is free for a new chunk.</summary>
    /// <remarks>
    /// A free worker of a node that holds a suspect chunk does not count: an item that ran there, too, could be blamed for the node's loss.
    /// </remarks>
    private bool HasFreeWorker() => _roster.Idle > 0 || (_nodes.Count > 0 && _nodes.HasOffer(ReserveNode()));

    private bool TryDispatchToNode(bool allowQueueing, int? reserved)
    {
        foreach (var offer in _nodes.GetOffers(allowQueueing, reserved))
        {
            if (_scheduler.TryTake(offer.NodeId, offer.TasksLeft, ActiveWorkers, allowQueueing, offer.MaxLosses) is not var (_, lease))
                continue;
            _nodes.Occupy(offer.NodeId, lease);
            _links[offer.NodeId].Link.Tell(lease);
            return true;
        }
        return false;
    }

    private void OnPublishBroadcast(NodeProtocol.PublishBroadcast publish)
    {
        foreach (var (link, _) in _links.Values)
            link.Tell(publish);
    }

    private void TellNodesOfEnd(RunningJob job)
    {
        if (_links.Count == 0)
            return;
        var ended = new NodeProtocol.JobEnded(job.Execution, job.Ledger.InFlight.Count > 0);
        foreach (var (link, _) in _links.Values)
            link.Tell(ended);
    }

    /// <summary>Starts the wait after which jobs without workers fail.</summary>
    /// <remarks>It lasts for <c>actorpool.cluster.no-workers-timeout</c>.</remarks>
    private void WatchForWorkers()
    {
        if (!_settings.IsCluster || _missing is not null || _jobs.Count == 0 || _nodes.Workers > 0 || _settings.Workers > 0)
            return;
        ReportWorkers();
        var limit = _settings.Cluster.NoWorkersTimeout;
        _log.JobsWaitForNodes(_settings.Name, _unfinished, limit);
        _missing = Context.System.Scheduler.ScheduleTellOnceCancelable(limit, Self, new WorkersMissing(limit), Self);
    }

    /// <summary>Tells callers who follow a job's progress that it waits for workers, or continues.</summary>
    private void ReportWorkers()
    {
        foreach (var job in _jobs.Values.Where(job => job.Execution.Options.Progress is not null))
            job.Gatherer.Tell(new GatheringProtocol.WorkersChanged(job.Execution));
    }

    private void StopWatchingForWorkers()
    {
        _missing?.Cancel();
        _missing = null;
    }

    private void OnWorkersMissing(WorkersMissing missing)
    {
        if (_missing is null)
            return; // a node joined at the last moment
        _missing = null;
        if (_nodes.Held > 0)
        {
            WatchForWorkers(); // nodes that leave still run chunks
            return;
        }
        var reason = DescribeMissingNodes();
        foreach (var job in _jobs.Values.ToArray())
        {
            OnEndJob(job.Execution, new NoWorkersException(
                $"{job.Execution.Name} has had no worker for [{missing.Since}] (actorpool.cluster.no-workers-timeout): " +
                $"{reason}, and submit the job again."));
        }
    }

    private string DescribeMissingNodes() => _pool.HasWorkers.Task.IsCompletedSuccessfully || _source is not ClusterClient client
        ? "all nodes of the cluster are gone. Start a node that joins the cluster"
        : $"no node of a cluster has answered. {client.DescribeAttempts()} Start a node there with: dotnet Node.dll --seed";
}
