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
/// worker ──────ChunkEnded────────────────►          ──answer──────────► caller
/// connection, coordinator ──ChunkOutcome─►
/// coordinator ──Begin, InputEnded────────► gatherer ──Finished, Yielded──► coordinator
/// coordinator ──Repeated, WorkersChanged─►          ──EndJob(failure)──► coordinator
/// coordinator ──Finish(reason)───────────►
/// </code>
/// A lease lets one outcome through; sinks that order results also drop repeats. A few gatherers serve all jobs of a pool. Outcomes come
/// straight from the workers, and success is answered without asking the coordinator. Failures go through the coordinator, because they end
/// what still runs. The caller's code (merging, progress handlers) runs on the workers' threads, one call at a time for each job, in the
/// caller's context.
/// </remarks>
internal sealed class GathererActor : ReceiveActor
{
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<long, GatheredJob> _jobs = [];

    public GathererActor(PoolState pool, IActorRef coordinator)
    {
        _pool = pool;
        _coordinator = coordinator;
        Receive<WorkProtocol.ChunkEnded>(ended => OnOutcome(ChunkOutcome.From(ended.Lease)));
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
        if (Find(outcome.Job) is not { } gathered)
            return;
        var job = outcome.Job;
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
            FailFast(gathered, outcome.Failures![0]);
        else
            Advance(gathered);
    }

    private void OnBegin(JobExecution job)
    {
        if (Find(job) is { } gathered)
            Advance(gathered);
    }

    private void OnInputEnded(InputEnded ended)
    {
        if (Find(ended.Job) is not { } gathered)
            return;
        ended.Job.Meter.Total = ended.Total;
        gathered.SourceError = ended.Error;
        Advance(gathered);
    }

    private void OnRepeated(Repeated repeated)
    {
        if (Find(repeated.Job) is null)
            return;
        repeated.Job.Meter.Add(done: 0, failed: 0, repeated.Attempts);
        _pool.Counters.Items(done: 0, failed: 0, repeated.Attempts);
    }

    /// <summary>Reports at once: while a job waits for workers, nothing else would.</summary>
    private void OnWorkersChanged(JobExecution job)
    {
        if (Find(job) is not { } gathered)
            return;
        if (gathered.Reporting == Reporting.No)
            StartReport(gathered, job.Options.Progress!);
        else
            gathered.Reporting = Reporting.AndOnceMore;
    }

    private void OnFinish(Finish finish)
    {
        // A job that succeeded at the same moment has its answer.
        if (finish.Job.HasEnded)
            return;
        var gathered = FindOrAdd(finish.Job);
        gathered.Reason = gathered.Failure is { } lower && finish.Reason is WorkItemException failed && lower.Index < failed.Index
            ? lower
            : finish.Reason;
        Answer(gathered);
    }

    /// <summary>Finds a job whose items are being gathered.</summary>
    /// <returns>Null when it has ended or is being concluded.</returns>
    private GatheredJob? Find(JobExecution job) =>
        !job.HasEnded && FindOrAdd(job) is { Phase: GatheringPhase.Gathering } gathered ? gathered : null;

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

    private void Advance(GatheredJob gathered)
    {
        var job = gathered.Job;
        var complete = job.Sink.Settled == job.Meter.Total;
        if (gathered.Failure is not null)
            return;
        if (!gathered.IsWorking && job.Sink.TakeWork(complete) is { } work)
            StartWork(gathered, work);
        if (!complete || gathered.IsWorking)
            Report(gathered);
        else
            Conclude(gathered);
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
            Advance(gathered);
    }

    /// <summary>All is gathered: answers the caller, after a last report of progress.</summary>
    private void Conclude(GatheredJob gathered)
    {
        if (gathered.Phase != GatheringPhase.Gathering)
            return;
        gathered.Phase = GatheringPhase.Concluding;
        gathered.Reason = gathered.SourceError;
        if (gathered.Job.Options.Progress is null)
            Answer(gathered);
        else if (gathered.Reporting == Reporting.No)
            StartLastReport(gathered);
    }

    private void Answer(GatheredJob gathered)
    {
        var job = gathered.Job;
        if (gathered.Reason is null)
            job.Succeed();
        else
            job.Fail(gathered.Reason);
        _jobs.Remove(job.Id);
        _coordinator.Tell(new Finished(job));
    }

    private void Report(GatheredJob gathered)
    {
        if (gathered.Job.Options.Progress is not { } handler || gathered.Reporting != Reporting.No)
            return;
        var clock = _pool.Settings.TimeProvider;
        if (gathered.Reported != 0 && clock.GetElapsedTime(gathered.Reported) < _pool.Settings.ProgressInterval)
            return;
        gathered.Reported = clock.GetTimestamp();
        StartReport(gathered, handler);
    }

    private void StartLastReport(GatheredJob gathered)
    {
        gathered.Phase = GatheringPhase.LastReport;
        StartReport(gathered, gathered.Job.Options.Progress!);
    }

    private void StartReport(GatheredJob gathered, IProgress<JobProgress> handler)
    {
        gathered.Reporting = Reporting.Once;
        var job = gathered.Job;
        var progress = job.Meter.Snapshot(_pool);
        RunOnUserThread(() => job.Caller!.Run(() => handler.Report(progress)), error => new ReportDone(job, error));
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
                Answer(gathered);
            else
                StartLastReport(gathered);
        }
        else if (done.Error is not null)
        {
            _coordinator.Tell(new JobProtocol.EndJob(done.Job, done.Error));
        }
        else if (isDue)
        {
            StartReport(gathered, done.Job.Options.Progress!);
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
}
