using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Coordination;

// Worker processes: the item that had begun is known when one of them dies, and pays alone. If none had begun, its chunk may have ended
// the process, as while its inputs were read: it is charged like that of a lost node.
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
            var isRunning = ReferenceEquals(lease, lost.Running);
            var isCharged = lost.Cause is ProcessLossCause.Died or ProcessLossCause.TimedOut or ProcessLossCause.Unanswered && isRunning;
            var kept = ReferenceEquals(lease, lost.Kept?.Lease) ? lost.Kept!.Runs : [];
            if (isCharged || kept.Count > 0)
                OnChunkLost(lease, lost, kept, isCharged, link.Address);
            else
            {
                var cause = lost is { Cause: ProcessLossCause.Died, Running: null } ? LossCause.ProcessLost : LossCause.Stopped;
                OnLeaseBack(lease, cause, link.Address, lost.Reason, FormatOutput(lost.Output));
            }
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

    /// <summary>Gathers what the process had finished, and requeues the rest of its chunk.</summary>
    private void OnChunkLost(Lease lease, NodeProtocol.ProcessLost lost, IReadOnlyList<KeptRun> kept, bool isCharged, string worker)
    {
        if (TakeBack(lease) is not { } job)
            return;
        foreach (var run in kept)
            Gather(job, lease, run);
        var place = Math.Clamp(lost.Offset, 0, lease.Chunk.Count - 1);
        var offset = lease.Job.ChunkIsItem ? 0 : place;
        var before = kept.FirstOrDefault(run => offset >= run.First && offset < run.First + run.Count);
        // It may have ended between two items: the one before is finished, and the next has not begun.
        if (!isCharged || before is { RunsAgain: false })
        {
            job.Ledger.RequeueAround(lease, [.. kept.Select(ToApart)]);
            OnLedgerChanged(job);
            return;
        }
        var item = new LostItem(job, lease, kept, offset, before is null ? lease.Attempt : before.Attempt + 1) { Place = place };
        if (lost.Cause == ProcessLossCause.TimedOut)
            OnItemOutOfTime(item);
        else if (lost.Cause == ProcessLossCause.Unanswered)
            GiveUp(item, RetryQuestion.CreateError(item.NamedIndex, _settings.RetryWhenTimeout, error: null), ItemFailureCause.Thrown);
        else
            OnItemKilled(item, $"{worker}: {lost.Reason}", lost.Output);
    }

    private static void Gather(RunningJob job, Lease lease, KeptRun run)
    {
        if (run.RunsAgain)
            job.Gatherer.Tell(new GatheringProtocol.Repeated(job.Execution, 1));
        else
        {
            job.Gatherer.Tell(new ChunkOutcome(
                job.Execution, lease.Chunk.Slice(run.First, run.Count), run.Attempt, run.Failure is { } failure ? [failure] : null, null));
        }
    }

    private void OnItemOutOfTime(LostItem item)
    {
        var execution = item.Job.Execution;
        var error = new TimeoutException(
            $"Item {item.NamedIndex} ran longer than JobOptions.ItemTimeout [{execution.Options.ItemTimeout}] and did not watch its token: "
            + "its process was ended.");
        if (execution.Options.RetryWhen is null)
            OnLostItemJudged(new LostItemJudged(item, error, ShouldRetry: item.Attempt <= execution.Options.Retries));
        else
        {
            JudgeAsync(execution, item.Attempt, error, item.NamedIndex)
                .PipeTo(Self, success: judged => new LostItemJudged(item, judged.Error, judged.ShouldRetry));
        }
    }

    private void OnLostItemJudged(LostItemJudged judged)
    {
        var item = judged.Item;
        if (item.Job.EndReason is not null)
        {
            item.Job.Ledger.Forget(item.Lease);
            ForgetWhenDone(item.Job);
            return;
        }
        if (judged.ShouldRetry)
            RunAgain(item, item.Attempt + 1);
        else
            GiveUp(item, judged.Error, judged.Error is TimeoutException ? ItemFailureCause.TimedOut : ItemFailureCause.Thrown);
        Dispatch();
    }

    private void OnItemKilled(LostItem item, string end, IReadOnlyList<string> output)
    {
        var known = item.Job.ProcessEnds;
        var ends = known.TryGetValue(item.Index, out var before) ? before : known[item.Index] = [];
        ends.Add(end);
        if (ends.Count < _settings.WorkerLosses)
        {
            RunAgain(item, item.Attempt);
            return;
        }
        known.Remove(item.Index);
        var what = ends.Count == 1 ? "the worker process" : $"{ends.Count} worker processes";
        var error = new PoisonItemException(
            $"Item {item.NamedIndex} ended {what} that ran it, and was given up (actorpool.worker-losses). "
            + $"{string.Join(' ', ends)}{FormatOutput(output)}",
            new WorkerLostException(end));
        GiveUp(item, error, ItemFailureCause.WorkersLost);
    }

    private static string FormatOutput(IReadOnlyList<string> lines) => lines.Count == 0
        ? ""
        : $" Standard error of the last one ended with:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}";

    private void RunAgain(LostItem item, int attempt)
    {
        RequeueAround(item, attempt);
        item.Job.Gatherer.Tell(new GatheringProtocol.Repeated(item.Job.Execution, 1));
    }

    private void GiveUp(LostItem item, Exception error, ItemFailureCause cause)
    {
        var failure = JobExecution.CreateFailure(item.Lease, item.Place, error, cause);
        var outcome = new ChunkOutcome(
            item.Job.Execution, item.Lease.Chunk.Slice(item.Offset, item.Count), item.Attempt, [failure], Retries: null);
        RequeueAround(item, nextAttempt: null);
        item.Job.Gatherer.Tell(outcome);
    }

    private void RequeueAround(LostItem item, int? nextAttempt)
    {
        var losses = item.Job.ProcessEnds.TryGetValue(item.Index, out var ends) ? ends.Count : 0;
        var apart = item.Kept
            .Where(run => run.First > item.Offset || run.First + run.Count <= item.Offset)
            .Select(ToApart)
            .Append(new ItemsApart(item.Offset, item.Count, nextAttempt, losses));
        item.Job.Ledger.RequeueAround(item.Lease, [.. apart.OrderBy(items => items.First)]);
        OnLedgerChanged(item.Job);
    }

    private static ItemsApart ToApart(KeptRun run) => new(run.First, run.Count, run.RunsAgain ? run.Attempt + 1 : null);

    /// <summary>The item that a process ran when it ended; its lease is revoked.</summary>
    private sealed record LostItem(RunningJob Job, Lease Lease, IReadOnlyList<KeptRun> Kept, int Offset, int Attempt)
    {
        public long Index => Lease.Chunk.Start + Offset;

        /// <summary>Position in the chunk of the item that ran.</summary>
        /// <remarks>A fold was at one of a chunk that is lost as a whole.</remarks>
        public required int Place { get; init; }

        public long NamedIndex => Lease.Chunk.Start + Place;

        public int Count => Lease.Job.ChunkIsItem ? Lease.Chunk.Count : 1;
    }

    private sealed record LostItemJudged(LostItem Item, Exception Error, bool ShouldRetry) : IPoolMessage;
}
