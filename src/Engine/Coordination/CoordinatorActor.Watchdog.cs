using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Coordination;

// The watchdog: logs what a job without progress waits for, and ends the job after actorpool.watchdog.fail-after. It also logs when the
// coordinator itself is what workers wait for.
internal sealed partial class CoordinatorActor
{
    private const int ChecksPerInterval = 4;
    private const int MaxNamed = 8;

    private readonly LagWatch _lag = new();
    private ICancelable? _check;
    private ICancelable? _lagCheck;
    private bool _isProbing;

    private void WatchJobs()
    {
        if (_check is not null || _jobs.Count == 0)
            return;
        var (report, fail) = (_settings.ReportAfter, _settings.FailAfter);
        var interval = report == TimeSpan.Zero || (fail > TimeSpan.Zero && fail < report) ? fail : report;
        if (interval == TimeSpan.Zero)
            return;
        _check = Context.System.Scheduler.ScheduleTellOnceCancelable(interval / ChecksPerInterval, Self, CheckJobs.Instance, Self);
    }

    private void OnCheckJobs()
    {
        foreach (var job in _jobs.Values.Where(job => job.Phase == JobPhase.Running).ToArray())
            CheckProgress(job);
        _check = null;
        WatchJobs();
    }

    /// <summary>Lets a probe go through the mailbox in a while, if jobs run.</summary>
    /// <remarks>Not with the other checks: these are far apart, and can be off.</remarks>
    private void WatchLag()
    {
        if (_lagCheck is null && !_isProbing && _jobs.Count > 0)
            _lagCheck = Context.System.Scheduler.ScheduleTellOnceCancelable(LagWatch.Interval, Self, CheckLag.Instance, Self);
    }

    private void OnCheckLag()
    {
        (_lagCheck, _isProbing) = (null, true);
        Self.Tell(new LagProbe(_settings.TimeProvider.GetTimestamp()));
    }

    private void OnLagProbe(LagProbe probe)
    {
        _isProbing = false;
        var clock = _settings.TimeProvider;
        var inFlight = _roster.Busy + _nodes.Held;
        if (_lag.Observe(clock.GetElapsedTime(probe.Sent), inFlight, _scheduler.Taken, clock) is { } lag)
        {
            _log.CoordinatorBehind(
                _settings.Name, lag.Delay, lag.ChunksPerSecond, _roster.Live + _nodes.Workers, _settings.IsCluster);
        }
        WatchLag();
    }

    private void CheckProgress(RunningJob job)
    {
        var (execution, clock) = (job.Execution, _settings.TimeProvider);
        var stalled = job.Watch.Observe(
            execution.Meter.Done, execution.Meter.Retried, execution.Input.Taken, job.Ledger.Released, clock);
        if (WaitsForOthers(job))
        {
            job.Watch.Restart(clock);
            return;
        }
        if (_settings.FailAfter > TimeSpan.Zero && stalled >= _settings.FailAfter)
        {
            OnEndJob(execution, new TimeoutException(
                $"{execution.Name} has made no progress for [{_settings.FailAfter}] (actorpool.watchdog.fail-after), and was ended. " +
                $"{DescribeProgress(job)} To end a single item earlier, set JobOptions.ItemTimeout."));
        }
        else if (job.Watch.IsReportDue(stalled, _settings.ReportAfter))
        {
            _log.JobStalled(execution.Name, _settings.Name, stalled, DescribeProgress(job));
            if (IsForgotten(job))
            {
                OnEndJob(execution, new ActorPoolException(
                    $"{execution.Name} was forgotten: it has items to run, workers are free, and none got one for [{stalled}]. " +
                    $"This is an error in ActorPool: please report it. {DescribeProgress(job)}"));
            }
        }
    }

    /// <summary>Whether a job makes no progress for a reason other than its workers.</summary>
    /// <remarks>
    /// There are no workers; or no chunk of it is in flight, and the workers are busy with other jobs, its source gives no items, or no one
    /// takes its results.
    /// </remarks>
    private bool WaitsForOthers(RunningJob job) =>
        _roster.Live + _nodes.Workers == 0
        || (job.Ledger.InFlight.Count == 0
            && (job.Execution.AwaitsConsumer || job.Reader is not null || (!job.Ledger.IsExhausted && !HasFreeWorker())));

    private bool IsForgotten(RunningJob job) => job.Ledger.InFlight.Count == 0 && !job.Ledger.IsExhausted && HasFreeWorker();

    /// <summary>Describes how many items are done, and which are in flight and where.</summary>
    private string DescribeProgress(RunningJob job)
    {
        ref var meter = ref job.Execution.Meter;
        var leases = job.Ledger.InFlight;
        var total = meter.Total?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of";
        var done = $"{meter.Done} of {total} items are done";
        if (leases.Count == 0)
            return $"{done}, and none is with a worker.";
        var named = leases.OrderBy(lease => lease.Chunk.Start).Take(MaxNamed).Select(DescribeChunk);
        var more = leases.Count > MaxNamed ? $", and {leases.Count - MaxNamed} more chunks" : "";
        return $"{done}; in flight: {string.Join(", ", named)}{more}.";
    }

    /// <summary>Describes where a chunk is, and how long its running item has run.</summary>
    /// <remarks>Of a chunk whose items have no outcomes of their own: how long the chunk has run.</remarks>
    private string DescribeChunk(Lease lease)
    {
        var (first, last) = (lease.Chunk.Start, lease.Chunk.Start + lease.Chunk.Count - 1);
        var items = first == last ? $"item {first}" : $"items {first} to {last}";
        if (!lease.IsClaimed)
            return $"{items} on the way to a worker";
        var started = lease.ItemStarted;
        if (started == 0)
            return $"{items} at {lease.WorkerName}";
        var running = lease.Job.IsGuarded && first != last ? $", item {first + lease.Completed}" : "";
        return $"{items} at {lease.WorkerName}{running} for [{_settings.TimeProvider.GetElapsedTime(started)}]";
    }

    private void OnDescribeJobs()
    {
        var lines = _jobs.Values.Where(job => job.Phase != JobPhase.Ended)
            .Select(job => $"{job.Execution.Name}: {DescribeProgress(job)}");
        Sender.Tell(new JobProtocol.JobsDescribed([.. lines]));
    }

    private sealed record CheckJobs : IPoolMessage
    {
        public static readonly CheckJobs Instance = new();
    }

    private sealed record CheckLag : IPoolMessage
    {
        public static readonly CheckLag Instance = new();
    }

    private sealed record LagProbe(long Sent) : IPoolMessage;
}
