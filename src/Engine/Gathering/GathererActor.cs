using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Workers;
using Akka.Actor;
using Akka.Event;
using static ActorPool.Jobs.GatheringProtocol;

namespace ActorPool.Gathering;

/// <summary>Gathers the outcomes of one job at a time and answers its caller once.</summary>
/// <remarks>
/// <code>
/// worker ──────ChunkOutcome──────────────►          ──answer──────────► caller
/// coordinator ──Begin, InputEnded────────► gatherer ──Finished, Yielded──► coordinator
/// coordinator ──Repeated, WorkersChanged─►          ──EndJob(failure)──► coordinator
/// coordinator ──Finish(reason)───────────►
/// </code>
/// A lease lets one outcome through; sinks that order results also drop repeats. After the answer the gatherer serves another job. Outcomes
/// come straight from the workers, and success is answered without asking the coordinator. Failures go through the coordinator, because
/// they end what still runs. The caller's code (merging, progress handlers) runs on the workers' threads, one call at a time, in the
/// caller's context.
/// </remarks>
internal sealed class GathererActor : ReceiveActor
{
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private JobExecution? _job;
    private WorkItemException? _failure;
    private Exception? _sourceError;
    private Exception? _reason;
    private long _reported;
    private long _released;
    private bool _working;
    private Phase _phase;
    private Reporting _reporting;

    public GathererActor(PoolState pool, IActorRef coordinator)
    {
        _pool = pool;
        _coordinator = coordinator;
        Receive<ChunkOutcome>(OnOutcome);
        Receive<Begin>(begin => OnBegin(begin.Job));
        Receive<InputEnded>(OnInputEnded);
        Receive<Repeated>(OnRepeated);
        Receive<WorkersChanged>(changed => OnWorkersChanged(changed.Job));
        Receive<Finish>(OnFinish);
        Receive<WorkDone>(OnWorkDone);
        Receive<ReportDone>(OnReportDone);
    }

    public static Props PropsFor(PoolState pool, IActorRef coordinator) => Props.Create(() => new GathererActor(pool, coordinator));

    private void OnOutcome(ChunkOutcome outcome)
    {
        var job = outcome.Job;
        if (!Serves(job))
            return;
        if (!job.Sink.Accept(outcome))
        {
            _log.DroppedOutcome(job.Name, outcome.Chunk.Start);
            return;
        }
        var settled = outcome.Settled;
        var failed = outcome.Failures?.Count ?? 0;
        var retried = (outcome.Retries?.Count ?? 0) + outcome.Retried;
        job.Sink.Settled += settled;
        job.Meter.Add(settled, failed, retried);
        _pool.Counters.Items(settled, failed, retried);
        if (failed > 0 && job.FailsFast)
            FailFast(job, outcome.Failures![0]);
        else
            Advance(job);
    }

    private void OnBegin(JobExecution job)
    {
        if (Serves(job))
            Advance(job);
    }

    private void OnInputEnded(InputEnded ended)
    {
        if (!Serves(ended.Job))
            return;
        ended.Job.Meter.Total = ended.Total;
        _sourceError = ended.Error;
        Advance(ended.Job);
    }

    private void OnRepeated(Repeated repeated)
    {
        if (!Serves(repeated.Job))
            return;
        repeated.Job.Meter.Add(done: 0, failed: 0, repeated.Attempts);
        _pool.Counters.Items(done: 0, failed: 0, repeated.Attempts);
    }

    /// <summary>Reports at once: while a job waits for workers, nothing else would.</summary>
    private void OnWorkersChanged(JobExecution job)
    {
        if (!Serves(job))
            return;
        if (_reporting == Reporting.No)
            StartReport(job, job.Options.Progress!);
        else
            _reporting = Reporting.AndOnceMore;
    }

    private void OnFinish(Finish finish)
    {
        // A job that succeeded at the same moment has its answer, and this gatherer may serve another one by now.
        if (finish.Job.HasEnded)
            return;
        _job = finish.Job;
        _reason = _failure is { } lower && finish.Reason is WorkItemException failed && lower.Index < failed.Index ? lower : finish.Reason;
        Answer(finish.Job);
    }

    /// <summary>Whether a message of this job is current; the job is the gatherer's then.</summary>
    /// <remarks>False when the job has ended, or while this gatherer concludes one.</remarks>
    private bool Serves(JobExecution job)
    {
        if (job.HasEnded || _phase != Phase.Gathering)
            return false;
        _job = job;
        return true;
    }

    private void FailFast(JobExecution job, WorkItemException failure)
    {
        if (_failure is null)
            _coordinator.Tell(new JobProtocol.EndJob(job, failure));
        if (_failure is null || failure.Index < _failure.Index)
            _failure = failure;
    }

    private void Advance(JobExecution job)
    {
        var complete = job.Sink.Settled == job.Meter.Total;
        if (_failure is not null)
            return;
        if (!_working && job.Sink.TakeWork(complete) is { } work)
        {
            _working = true;
            _released = work.Released;
            RunOnUserThread(work.Run, error => new WorkDone(job, error));
        }
        if (!complete || _working)
            Report(job);
        else
            Conclude(job);
    }

    private void OnWorkDone(WorkDone done)
    {
        if (!ReferenceEquals(done.Job, _job))
            return; // left over from a job that has ended
        _working = false;
        if (_released > 0)
            _coordinator.Tell(new JobProtocol.Yielded(done.Job, _released));
        if (done.Error is not null)
            _coordinator.Tell(new JobProtocol.EndJob(done.Job, done.Error));
        else
            Advance(done.Job);
    }

    /// <summary>All is gathered: answers the caller, after a last report of progress.</summary>
    private void Conclude(JobExecution job)
    {
        if (_phase != Phase.Gathering)
            return;
        _phase = Phase.Concluding;
        _reason = _sourceError;
        if (job.Options.Progress is null)
            Answer(job);
        else if (_reporting == Reporting.No)
            StartLastReport(job);
    }

    private void Answer(JobExecution job)
    {
        if (_reason is null)
            job.Succeed();
        else
            job.Fail(_reason);
        Release(job);
    }

    private void Release(JobExecution job)
    {
        // Nothing of the job may stay reachable from an actor that waits for another one.
        (_job, _failure, _sourceError, _reason, _reported) = (null, null, null, null, 0);
        (_phase, _reporting, _working) = (Phase.Gathering, Reporting.No, false);
        _coordinator.Tell(new Finished(job));
    }

    private void Report(JobExecution job)
    {
        if (job.Options.Progress is not { } handler || _reporting != Reporting.No)
            return;
        var clock = _pool.Settings.TimeProvider;
        if (_reported != 0 && clock.GetElapsedTime(_reported) < _pool.Settings.ProgressInterval)
            return;
        _reported = clock.GetTimestamp();
        StartReport(job, handler);
    }

    private void StartLastReport(JobExecution job)
    {
        _phase = Phase.LastReport;
        StartReport(job, job.Options.Progress!);
    }

    private void StartReport(JobExecution job, IProgress<JobProgress> handler)
    {
        _reporting = Reporting.Once;
        var progress = job.Meter.Snapshot();
        RunOnUserThread(() => job.Caller!.Run(() => handler.Report(progress)), error => new ReportDone(job, error));
    }

    private void OnReportDone(ReportDone done)
    {
        if (!ReferenceEquals(done.Job, _job))
            return; // left over from a job that has ended
        var isDue = _reporting == Reporting.AndOnceMore;
        _reporting = Reporting.No;
        if (_phase != Phase.Gathering)
        {
            _reason ??= done.Error;
            if (_phase == Phase.LastReport || done.Error is not null)
                Answer(done.Job);
            else
                StartLastReport(done.Job);
        }
        else if (done.Error is not null)
        {
            _coordinator.Tell(new JobProtocol.EndJob(done.Job, done.Error));
        }
        else if (isDue)
        {
            StartReport(done.Job, done.Job.Options.Progress!);
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

    private sealed record WorkDone(JobExecution Job, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record ReportDone(JobExecution Job, Exception? Error) : INoSerializationVerificationNeeded;

    private enum Phase
    {
        /// <summary>Items are missing, or there is no job.</summary>
        Gathering,

        /// <summary>All is gathered; a report of progress is still running.</summary>
        Concluding,

        /// <summary>All is gathered, and the progress handler gets its last report before the answer.</summary>
        LastReport,
    }

    /// <summary>Whether the caller's progress handler runs.</summary>
    private enum Reporting
    {
        No,
        Once,

        /// <summary>It runs, and something has happened that needs another report.</summary>
        AndOnceMore,
    }
}
