using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Coordination;

// Worker processes: the item that had begun is known when one of them dies, and pays alone.
internal sealed partial class CoordinatorActor
{
    private void OnProcessLost(NodeProtocol.ProcessLost lost)
    {
        if (!_nodes.TryRemove(lost.NodeId, out var held, out _) || !_links.Remove(lost.NodeId, out var link))
            return;
        if (lost.Cause == ProcessLossCause.Overdue)
            _pool.Counters.WorkerAbandoned();
        else if (lost.Cause != ProcessLossCause.Stopped)
        {
            _pool.Counters.WorkersLost(1);
            _log.ProcessLost(link.Address, _settings.Name, lost.Reason, held.Count);
        }
        foreach (var lease in held)
        {
            if (lost.Cause is ProcessLossCause.Died or ProcessLossCause.TimedOut && ReferenceEquals(lease, lost.Running))
                OnItemLost(lease, lost, link.Address);
            else
                OnLeaseBack(lease, LossCause.Stopped, link.Address, lost.Reason);
        }
        Dispatch();
    }

    private void OnProcessesFailed(NodeProtocol.ProcessesFailed failed)
    {
        if (_poolFailure is null)
            _log.ProcessesFailed(_settings.Name, failed.Reason);
        FailPool(new NoWorkersException(
            $"No worker process of the pool [{_settings.Name}] can be started: {failed.Reason}", failed.Error));
    }

    private void OnItemLost(Lease lease, NodeProtocol.ProcessLost lost, string worker)
    {
        if (TakeBack(lease) is not { } job)
            return;
        var offset = lease.Job.ChunkIsItem ? 0 : Math.Clamp(lost.Offset, 0, lease.Chunk.Count - 1);
        var index = lease.Chunk.Start + offset;
        if (lost.Cause == ProcessLossCause.TimedOut)
            OnItemOutOfTime(job, lease, offset, index);
        else
            OnItemKilled(job, lease, offset, index, $"{worker}: {lost.Reason}", lost.Output);
        OnLedgerChanged(job);
    }

    private static void OnItemOutOfTime(RunningJob job, Lease lease, int offset, long index)
    {
        var limit = job.Execution.Options.ItemTimeout;
        var error = new TimeoutException(
            $"Item {index} ran longer than JobOptions.ItemTimeout [{limit}] and did not watch its token: its process was ended.");
        if (lease.Attempt <= job.Execution.Options.Retries && job.Execution.Options.RetryWhen is null)
            RunAgain(job, lease, offset, lease.Attempt + 1);
        else
            GiveUp(job, lease, offset, error, ItemFailureCause.TimedOut);
    }

    private void OnItemKilled(RunningJob job, Lease lease, int offset, long index, string end, IReadOnlyList<string> output)
    {
        var ends = job.ProcessEnds.TryGetValue(index, out var before) ? before : job.ProcessEnds[index] = [];
        ends.Add(end);
        if (ends.Count < _settings.WorkerLosses)
        {
            RunAgain(job, lease, offset, lease.Attempt);
            return;
        }
        job.ProcessEnds.Remove(index);
        var what = ends.Count == 1 ? "the worker process" : $"{ends.Count} worker processes";
        var text = output.Count == 0
            ? ""
            : $" Standard error of the last one ended with:{Environment.NewLine}{string.Join(Environment.NewLine, output)}";
        var error = new PoisonItemException(
            $"Item {index} ended {what} that ran it, and was given up (actorpool.worker-losses). {string.Join(' ', ends)}{text}",
            new WorkerLostException(end));
        GiveUp(job, lease, offset, error, ItemFailureCause.WorkersLost);
    }

    private static void RunAgain(RunningJob job, Lease lease, int offset, int attempt)
    {
        job.Ledger.RequeueAround(lease, offset, attempt);
        job.Gatherer.Tell(new GatheringProtocol.Repeated(job.Execution, 1));
    }

    private static void GiveUp(RunningJob job, Lease lease, int offset, Exception error, ItemFailureCause cause)
    {
        var item = lease.Job.ChunkIsItem ? lease.Chunk : lease.Chunk.Slice(offset, 1);
        var failure = JobExecution.CreateFailure(lease, offset, error, cause);
        job.Ledger.RequeueAround(lease, offset, attempt: null);
        job.Gatherer.Tell(new ChunkOutcome(job.Execution, item, lease.Attempt, [failure], Retries: null));
    }
}
