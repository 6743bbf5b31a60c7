using Akka.Actor;
using ActorPool.Telemetry;

namespace ActorPool.Coordination;

// The watchdog: every job ends, and while one stands still it is said what it waits for.
internal sealed partial class CoordinatorActor
{
    private const int LooksInInterval = 4;
    private const int MostNamed = 8;

    private ICancelable? _look;

    private void WatchJobs()
    {
        if (_look is not null || _jobs.Count == 0)
            return;
        var (report, fail) = (_settings.ReportAfter, _settings.FailAfter);
        var interval = report == TimeSpan.Zero || (fail > TimeSpan.Zero && fail < report) ? fail : report;
        if (interval == TimeSpan.Zero)
            return;
        _look = Context.System.Scheduler.ScheduleTellOnceCancelable(interval / LooksInInterval, Self, LookAtJobs.Instance, Self);
    }

    private void OnLookAtJobs()
    {
        foreach (var job in _jobs.Values.Where(job => job.EndReason is null && !job.IsFinishing).ToArray())
            LookAt(job);
        _look = null;
        WatchJobs();
    }

    private void LookAt(RunningJob job)
    {
        var (plan, clock) = (job.Plan, _settings.TimeProvider);
        var stalled = job.Watch.Look(plan.Meter.Done, plan.Meter.Retried, plan.Input.Taken, job.Ledger.Released, clock);
        if (WaitsForOthers(job))
        {
            job.Watch.Restart(clock);
            return;
        }
        if (_settings.FailAfter > TimeSpan.Zero && stalled >= _settings.FailAfter)
        {
            OnEndJob(plan, new TimeoutException(
                $"{plan.Name} has made no progress for [{_settings.FailAfter}] (actorpool.watchdog.fail-after), and was ended. {Standing(job)} JobOptions.ItemTimeout would have ended a single item."));
        }
        else if (job.Watch.IsReportDue(stalled, _settings.ReportAfter))
        {
            _log.JobStalled(plan.Name, _settings.Name, stalled, Standing(job));
            if (IsForgotten(job))
                OnEndJob(plan, new ActorPoolException($"{plan.Name} was forgotten: it has items to run, workers are free, and none was given one for [{stalled}]. This is an error in ActorPool: please report it. {Standing(job)}"));
        }
    }

    /// <summary>Nothing of it runs, and that is not the workers' fault: there are none, they are busy with other jobs, its source has not gone on, or nobody takes its results.</summary>
    private bool WaitsForOthers(RunningJob job) =>
        _roster.Live + _nodes.Workers == 0
        || (job.Ledger.Out.Count == 0 && (job.Plan.AwaitsConsumer || job.Reader is not null || (!job.Ledger.IsDry && !HasFreeWorker)));

    private bool IsForgotten(RunningJob job) => job.Ledger.Out.Count == 0 && !job.Ledger.IsDry && HasFreeWorker;

    private bool HasFreeWorker => _roster.Idle > 0 || _nodes.HasFreeWorker;

    /// <summary>How far it is, and who has the rest.</summary>
    private static string Standing(RunningJob job)
    {
        var (meter, leases) = (job.Plan.Meter, job.Ledger.Out);
        var done = $"{meter.Done} of {meter.Total?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of"} items are done";
        if (leases.Count == 0)
            return $"{done}, and none is with a worker.";
        var named = leases.OrderBy(lease => lease.Chunk.Start).Take(MostNamed).Select(lease =>
        {
            var (first, last) = (lease.Chunk.Start, lease.Chunk.Start + lease.Chunk.Count - 1);
            return $"{(first == last ? $"item {first}" : $"items {first} to {last}")} {(lease.IsClaimed ? $"at {lease.WorkerName}" : "on the way to a worker")}";
        });
        var more = leases.Count > MostNamed ? $", and {leases.Count - MostNamed} chunks more" : "";
        return $"{done}; out are {string.Join(", ", named)}{more}.";
    }

    private sealed record LookAtJobs : INoSerializationVerificationNeeded
    {
        public static readonly LookAtJobs Instance = new();
    }
}
