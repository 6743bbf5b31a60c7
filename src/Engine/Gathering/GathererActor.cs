using System.Runtime.InteropServices;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Workers;
using Akka.Actor;
using Akka.Event;
using static ActorPool.Jobs.GatheringProtocol;

namespace ActorPool.Gathering;

/// <summary>Gathers the outcomes of jobs and answers each caller once.</summary>
/// <remarks>
/// <code>
/// worker ──────Lease─────────────────────►          ──answer──────────► caller
/// connection, coordinator ──ChunkOutcome─►
/// coordinator ──Begin, InputEnded────────► gatherer ──Finished, Yielded──► coordinator
/// coordinator ──Repeated, WorkersChanged─►          ──EndJob(failure)──► coordinator
/// coordinator ──TakeFailures─────────────►          ──FailuresTaken────► coordinator
/// coordinator ──Finish(reason)───────────►
/// </code>
/// A lease lets one outcome through; sinks that order results also drop repeats. A few gatherers serve all jobs of a pool. Outcomes come
/// straight from the workers, and success is answered without asking the coordinator. Failures go through the coordinator, because they end
/// what still runs. The caller's code (merging, progress handlers) runs on the workers' threads, one call at a time for each job, in the
/// caller's context.
/// </remarks>
internal sealed partial class GathererActor : HandlerActor
{
    // A handler that does not return must not keep a cancelled job, or one that is out of time, from its end.
    private static readonly TimeSpan s_reportLimit = TimeSpan.FromSeconds(1);

    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<long, GatheredJob> _jobs = []; // most jobs are answered without an entry here

    public GathererActor(PoolState pool, IActorRef coordinator)
    {
        _pool = pool;
        _coordinator = coordinator;
        Receive<Lease>(lease => OnOutcome(ChunkOutcome.From(lease)));
        Receive<ChunkOutcome>(OnOutcome);
        Receive<Begin>(begin => OnBegin(begin.Job));
        Receive<InputEnded>(OnInputEnded);
        Receive<Repeated>(OnRepeated);
        Receive<TakeFailures>(OnTakeFailures);
        Receive<WorkersChanged>(changed => OnWorkersChanged(changed.Job));
        Receive<Finish>(OnFinish);
        Receive<WorkDone>(OnWorkDone);
        Receive<ReportDone>(OnReportDone);
        Receive<ReportDue>(due => OnReportDue(due.Job));
        Receive<ReportOverdue>(overdue => OnReportOverdue(overdue.Job));
    }

    public static Props PropsFor(PoolState pool, IActorRef coordinator) => Props.Create(() => new GathererActor(pool, coordinator));

    private void OnOutcome(ChunkOutcome outcome)
    {
        var job = outcome.Job;
        if (!IsGathering(job))
            return;
        if (!job.Sink.Accept(outcome))
        {
            _log.DroppedOutcome(job.Name, outcome.Chunk.Start);
            return;
        }
        job.Record(outcome);
        if (outcome.Failures is [var failure, ..] && job.FailsFast)
            FailFast(FindOrAdd(job), failure);
        else
            Advance(job);
    }

    private void OnBegin(JobExecution job)
    {
        if (IsGathering(job))
            Advance(job);
    }

    private void OnInputEnded(InputEnded ended)
    {
        if (!IsGathering(ended.Job))
            return;
        ended.Job.Meter.Total = ended.Total;
        if (ended.Error is not null)
            FindOrAdd(ended.Job).SourceError = ended.Error;
        Advance(ended.Job);
    }

    private void OnRepeated(Repeated repeated)
    {
        if (!IsGathering(repeated.Job))
            return;
        repeated.Job.RecordRetries(repeated.Attempts);
    }

    /// <summary>Reports at once: while a job waits for workers, nothing else would.</summary>
    private void OnWorkersChanged(JobExecution job)
    {
        if (!IsGathering(job))
            return;
        var gathered = FindOrAdd(job);
        if (gathered.Reporting == Reporting.No)
            StartReport(gathered, JobState.Running);
        else
            gathered.Reporting = Reporting.AndOnceMore;
    }

    private void OnFinish(Finish finish)
    {
        // A job that succeeded at the same moment has its answer.
        if (finish.Job.HasEnded)
            return;
        var isLower = Find(finish.Job)?.Failure is { } known && finish.Reason is WorkItemException failed && known.Index < failed.Index;
        ConcludeFailed(finish.Job, isLower ? Find(finish.Job)!.Failure! : finish.Reason);
    }

    /// <summary>Answers the caller with an error, after a last report of progress.</summary>
    /// <remarks>One that was about to succeed when it was cancelled has had that report.</remarks>
    private void ConcludeFailed(JobExecution job, Exception reason)
    {
        if (job.Reports is null || !IsGathering(job))
        {
            Answer(job, reason);
            return;
        }
        Conclude(job, reason);
        FindOrAdd(job).ReportLimit = Context.System.Scheduler.ScheduleTellOnceCancelable(s_reportLimit, Self, new ReportOverdue(job), Self);
    }

    private void OnReportOverdue(JobExecution job)
    {
        if (!job.HasEnded)
            Answer(job, Find(job)?.Reason);
    }

    /// <summary>Whether a job's items are being gathered: it is neither ended nor concluded.</summary>
    private bool IsGathering(JobExecution job) => !job.HasEnded && Find(job) is not { Phase: not GatheringPhase.Gathering };

    /// <summary>Finds what is known of a job besides its counts; null for nothing.</summary>
    private GatheredJob? Find(JobExecution job) => _jobs.GetValueOrDefault(job.Id);

    private GatheredJob FindOrAdd(JobExecution job)
    {
        ref var gathered = ref CollectionsMarshal.GetValueRefOrAddDefault(_jobs, job.Id, out _);
        return gathered ??= new GatheredJob(job);
    }

    private void FailFast(GatheredJob gathered, WorkItemException failure)
    {
        if (gathered.Failure is null)
            _coordinator.Tell(new JobProtocol.EndJob(gathered.Job, failure));
        if (gathered.Failure is null || failure.Index < gathered.Failure.Index)
            gathered.Failure = failure;
    }

    private void Advance(JobExecution job)
    {
        var gathered = Find(job);
        var complete = job.Sink.Settled == job.Meter.Total;
        if (gathered?.Failure is not null)
            return;
        if (gathered is not { IsWorking: true } && job.Sink.TakeWork(complete) is { } work)
            StartWork(gathered = FindOrAdd(job), work);
        if (!complete || gathered is { IsWorking: true })
            Report(job);
        else
            Conclude(job, Find(job)?.SourceError);
    }

    // Its lambda is the reason for a method: a closure is allocated at the start of the method that it is in.
    private void StartWork(GatheredJob gathered, SinkWork work)
    {
        var job = gathered.Job;
        gathered.IsWorking = true;
        gathered.Released = work.Released;
        RunOnUserThread(work.Run, error => new WorkDone(job, error));
    }

    private void OnWorkDone(WorkDone done)
    {
        if (!_jobs.TryGetValue(done.Job.Id, out var gathered))
            return; // its job has ended
        gathered.IsWorking = false;
        if (gathered.Released > 0)
            _coordinator.Tell(new JobProtocol.Yielded(done.Job, gathered.Released));
        if (done.Error is not null)
            _coordinator.Tell(new JobProtocol.EndJob(done.Job, done.Error));
        else
            Advance(done.Job);
    }

    /// <summary>Answers the caller, after a last report of progress.</summary>
    private void Conclude(JobExecution job, Exception? reason)
    {
        if (job.Reports is null)
        {
            Answer(job, reason);
            return;
        }
        var gathered = FindOrAdd(job);
        if (gathered.Phase != GatheringPhase.Gathering)
            return;
        gathered.Phase = GatheringPhase.Concluding;
        gathered.Reason = reason;
        if (gathered.Reporting == Reporting.No)
            StartLastReport(gathered);
    }

    /// <param name="job">The job.</param>
    /// <param name="reason">With what the caller is answered; null: with the results.</param>
    private void Answer(JobExecution job, Exception? reason)
    {
        if (reason is null)
            job.Succeed();
        else
            job.Fail(reason);
        if (_jobs.Remove(job.Id, out var gathered))
        {
            gathered.ReportLimit?.Cancel();
            gathered.NextReport?.Cancel();
        }
        _coordinator.Tell(new Finished(job));
    }

    private void Report(JobExecution job)
    {
        if (job.Reports is null || FindOrAdd(job) is not { Reporting: Reporting.No } gathered)
            return;
        var clock = _pool.Settings.TimeProvider;
        var wait = _pool.Settings.ProgressInterval - clock.GetElapsedTime(gathered.Reported);
        if (gathered.Reported != 0 && wait > TimeSpan.Zero)
        {
            // The next outcome may come late, or be the last one: what is known now is reported before.
            gathered.NextReport ??= Context.System.Scheduler.ScheduleTellOnceCancelable(wait, Self, new ReportDue(job), Self);
            return;
        }
        gathered.Reported = clock.GetTimestamp();
        StartReport(gathered, JobState.Running);
    }

    private void OnReportDue(JobExecution job)
    {
        if (!IsGathering(job) || Find(job) is not { } gathered)
            return;
        gathered.NextReport = null;
        Report(job);
    }

    private void StartLastReport(GatheredJob gathered)
    {
        gathered.Phase = GatheringPhase.LastReport;
        StartReport(gathered, gathered.Job.GetEndState(gathered.Reason));
    }

    private void StartReport(GatheredJob gathered, JobState state)
    {
        gathered.Reporting = Reporting.Once;
        var job = gathered.Job;
        var progress = job.GetProgress(state);
        gathered.ReportedItems = progress.Done;
        RunOnUserThread(() => job.Reports!.Report(progress), error => new ReportDone(job, error));
    }

    private void OnReportDone(ReportDone done)
    {
        if (!_jobs.TryGetValue(done.Job.Id, out var gathered))
            return; // its job has ended
        var isDue = gathered.Reporting == Reporting.AndOnceMore;
        gathered.Reporting = Reporting.No;
        if (gathered.Phase != GatheringPhase.Gathering)
        {
            gathered.Reason ??= done.Error;
            if (gathered.Phase == GatheringPhase.LastReport || done.Error is not null)
                Answer(done.Job, gathered.Reason);
            else
                StartLastReport(gathered);
        }
        else if (done.Error is not null)
        {
            _coordinator.Tell(new JobProtocol.EndJob(done.Job, done.Error));
        }
        else if (isDue)
        {
            StartReport(gathered, JobState.Running);
        }
        else if (gathered.ReportedItems != done.Job.Meter.Done)
        {
            Report(done.Job);
        }
    }

    private void RunOnUserThread(Action run, Func<Exception?, object> done)
    {
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, UserTaskScheduler.For(Context.System))
            .PipeTo(
                Self,
                success: () => done(null),
                failure: e => done(e is AggregateException { InnerExceptions.Count: 1 } one ? one.InnerException : e));
    }

    private sealed record WorkDone(JobExecution Job, Exception? Error) : IPoolMessage;

    private sealed record ReportDone(JobExecution Job, Exception? Error) : IPoolMessage;

    private sealed record ReportDue(JobExecution Job) : IPoolMessage;

    private sealed record ReportOverdue(JobExecution Job) : IPoolMessage;
}
