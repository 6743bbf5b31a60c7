using ActorPool.Diagnostics;
using ActorPool.Insights;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Coordination;

// What observers see of the pool. Nothing is prepared: it is made when someone asks.
internal sealed partial class CoordinatorActor
{
    private const int MaxRunningReported = 200;

    private void OnDescribePool()
    {
        var (key, statistics) = (_pool.Key, _pool.Counters.Snapshot());
        // Few of many: a pool may have 100,000 jobs. Those with failed items first, which an operator looks for, then the newest.
        var listed = new PriorityQueue<RunningJob, (bool HasFailures, long Id)>();
        var unlisted = 0;
        foreach (var (id, job) in _jobs)
        {
            if (job.Execution.IsPart || job.Execution.HasEnded)
                continue;
            listed.Enqueue(job, (job.Execution.Meter.Failed > 0, id));
            if (listed.Count <= MaxRunningReported)
                continue;
            listed.Dequeue();
            unlisted++;
        }
        var summaries = listed.UnorderedItems.Select(one => Summarize(one.Element))
            .Concat(_pool.Archive.ToList().Select(Summarize))
            .OrderByDescending(job => job.Id);
        Sender.Tell(new PoolReport(
            key.Key, key.Name, key.Host, key.Process, _pool.Counters.LiveWorkers, statistics.Jobs, _pool.StartedJobs,
            statistics.ItemsDone - statistics.ItemsFailed, statistics.ItemsFailed)
        {
            RecentJobs = [.. summaries],
            UnlistedJobs = unlisted,
        });
    }

    private void OnDescribeJob(JobProtocol.DescribeJob describe)
    {
        var now = _settings.TimeProvider.GetUtcNow();
        if (_jobs.TryGetValue(describe.Id, out var job) && !job.Execution.HasEnded)
            Sender.Tell(JobReport.Create(Summarize(job), job.Execution.Describe(job.Ledger.DescribeRunning()), now));
        else if (_pool.Archive.Find(describe.Id) is { } ended)
            Sender.Tell(JobReport.Create(Summarize(ended), ended.Describe(), now));
        else
            Sender.Tell(JobProtocol.JobUnknown.Instance);
    }

    private void OnCancelById(JobProtocol.CancelById cancel)
    {
        if (!_jobs.TryGetValue(cancel.Id, out var job) || job.Phase != JobPhase.Running)
        {
            Sender.Tell(JobProtocol.JobUnknown.Instance);
            return;
        }
        var name = job.Execution.Name;
        _log.JobCancelledByOperator(name, _settings.Name);
        OnEndJob(job.Execution, JobCancellation.ByOperator(name, cancel.Node));
        Sender.Tell(new CommandReport(ReportJson.Version, $"{name} was cancelled."));
    }

    private JobSummary Summarize(RunningJob job)
    {
        var execution = job.Execution;
        var started = _settings.TimeProvider.GetUtcNow() - execution.Meter.GetElapsed(_pool);
        var requeued = execution.Recorder?.Requeued ?? 0;
        return JobSummary.Create(_pool.Key, execution.Id, execution.Summarize(), started, requeued, job.Ledger.InFlight.Count) with
        {
            CanRetry = job.Phase == JobPhase.Running && execution.Sink.KeepsFailures,
        };
    }

    private JobSummary Summarize(ArchivedJob job) =>
        JobSummary.Create(_pool.Key, job.Id, job.Summary, job.Started, job.Recorder?.Requeued ?? 0, running: 0);
}
