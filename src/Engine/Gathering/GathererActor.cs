using Akka.Actor;
using Akka.Event;
using ActorPool.Coordination;
using ActorPool.Telemetry;
using ActorPool.Workers;

namespace ActorPool.Gathering;

/// <summary>Gathers one job at a time: takes the first outcome of each chunk, drops later ones, answers the asker once, and is then used for another job.</summary>
/// <remarks>
/// <code>
/// worker ──ChunkOutcome──►            ──answer──► caller
/// coordinator ──Begin, InputEnded──► gatherer ──Finished, Yielded──► coordinator
/// coordinator ──Finish(reason)────►            ──EndJob(failure)──► coordinator
/// </code>
/// Outcomes come straight from the workers; success is answered without asking the coordinator. Failures go through it, because they end what still runs. User code
/// (merging, progress handlers) runs on the workers' threads, one call at a time.
/// </remarks>
internal sealed class GathererActor : ReceiveActor
{
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private JobPlan? _job;
    private WorkItemException? _failure;
    private Exception? _sourceError;
    private Exception? _reason;
    private long _reported;
    private long _released;
    private bool _working;
    private bool _reporting;
    private bool _reportAgain;
    private bool _finishing;
    private bool _finalReport;

    public GathererActor(PoolState pool, IActorRef coordinator)
    {
        _pool = pool;
        _coordinator = coordinator;
        Receive<ChunkOutcome>(OnOutcome);
        Receive<Begin>(begin => OnBegin(begin.Job));
        Receive<InputEnded>(OnInputEnded);
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
        if (!job.Gathering.Accept(outcome))
        {
            _log.DroppedOutcome(job.Name, outcome.Chunk.Start);
            return;
        }
        var settled = outcome.Settled;
        var failed = outcome.Failures?.Count ?? 0;
        var again = (outcome.Again?.Count ?? 0) + outcome.Retried;
        job.Gathering.Settled += settled;
        job.Meter.Add(settled, failed, again);
        _pool.Counters.Items(settled, failed, again);
        if (failed > 0 && job.FailsFast)
            FailFast(job, outcome.Failures![0]);
        else
            Advance(job);
    }

    private void OnBegin(JobPlan job)
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

    /// <summary>Reported at once: while a job waits for workers, nothing else would.</summary>
    private void OnWorkersChanged(JobPlan job)
    {
        if (!Serves(job))
            return;
        if (_reporting)
            _reportAgain = true;
        else
            StartReport(job, job.Options.Progress!);
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

    /// <summary>Whether messages of this job are for now: it has no answer yet, and another that is done makes room for it.</summary>
    private bool Serves(JobPlan job)
    {
        if (job.HasEnded || _finishing)
            return false;
        _job = job;
        return true;
    }

    private void FailFast(JobPlan job, WorkItemException failure)
    {
        if (_failure is null)
            _coordinator.Tell(new CoordinatorActor.EndJob(job, failure));
        if (_failure is null || failure.Index < _failure.Index)
            _failure = failure;
    }

    private void Advance(JobPlan job)
    {
        var complete = job.Gathering.Settled == job.Meter.Total;
        if (_failure is not null)
            return;
        if (!_working && job.Gathering.TakeWork(complete) is { } work)
        {
            _working = true;
            _released = work.Released;
            OnUserThread(work.Run, error => new WorkDone(job, error));
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
            _coordinator.Tell(new CoordinatorActor.Yielded(done.Job, _released));
        if (done.Error is not null)
            _coordinator.Tell(new CoordinatorActor.EndJob(done.Job, done.Error));
        else
            Advance(done.Job);
    }

    /// <summary>All is gathered: answers the asker, after a last report of progress.</summary>
    private void Conclude(JobPlan job)
    {
        if (_finishing)
            return;
        _finishing = true;
        _reason = _sourceError;
        if (job.Options.Progress is null)
            Answer(job);
        else if (!_reporting)
            FinalReport(job);
    }

    private void Answer(JobPlan job)
    {
        if (_reason is null)
            job.Succeed();
        else
            job.Fail(_reason);
        Release(job);
    }

    private void Release(JobPlan job)
    {
        // Nothing of the job may stay reachable from an actor that waits for another one.
        (_job, _failure, _sourceError, _reason, _reported) = (null, null, null, null, 0);
        (_finishing, _finalReport, _working, _reporting, _reportAgain) = (false, false, false, false, false);
        _coordinator.Tell(new CoordinatorActor.Finished(job));
    }

    private void Report(JobPlan job)
    {
        if (job.Options.Progress is not { } handler || _reporting)
            return;
        var clock = _pool.Settings.TimeProvider;
        if (_reported != 0 && clock.GetElapsedTime(_reported) < _pool.Settings.ProgressInterval)
            return;
        _reported = clock.GetTimestamp();
        StartReport(job, handler);
    }

    private void FinalReport(JobPlan job)
    {
        _finalReport = true;
        StartReport(job, job.Options.Progress!);
    }

    private void StartReport(JobPlan job, IProgress<JobProgress> handler)
    {
        (_reporting, _reportAgain) = (true, false);
        var progress = job.Meter.Snapshot();
        OnUserThread(() => handler.Report(progress), error => new ReportDone(job, error));
    }

    private void OnReportDone(ReportDone done)
    {
        if (!ReferenceEquals(done.Job, _job))
            return; // left over from a job that has ended
        _reporting = false;
        if (_finishing)
        {
            _reason ??= done.Error;
            if (_finalReport || done.Error is not null)
                Answer(done.Job);
            else
                FinalReport(done.Job);
        }
        else if (done.Error is not null)
        {
            _coordinator.Tell(new CoordinatorActor.EndJob(done.Job, done.Error));
        }
        else if (_reportAgain)
        {
            StartReport(done.Job, done.Job.Options.Progress!);
        }
    }

    private void OnUserThread(Action run, Func<Exception?, object> done)
    {
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, UserTaskScheduler.For(Context.System))
            .PipeTo(Self, success: () => done(null), failure: e => done(e is AggregateException { InnerExceptions.Count: 1 } one ? one.InnerException : e));
    }

    /// <summary>Coordinator to gatherer: a job that has no items, or whose caller wants to see it begin.</summary>
    public sealed record Begin(JobPlan Job) : INoSerializationVerificationNeeded;

    /// <summary>Coordinator to gatherer: the source has ended, so many inputs were there.</summary>
    public sealed record InputEnded(JobPlan Job, long Total, Exception? Error) : INoSerializationVerificationNeeded;

    /// <summary>Coordinator to gatherer: the job has no workers any more, or again some; its caller wants to know.</summary>
    public sealed record WorkersChanged(JobPlan Job) : INoSerializationVerificationNeeded;

    /// <summary>Coordinator to gatherer: the job has failed; answer so.</summary>
    public sealed record Finish(JobPlan Job, Exception Reason) : INoSerializationVerificationNeeded;

    private sealed record WorkDone(JobPlan Job, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record ReportDone(JobPlan Job, Exception? Error) : INoSerializationVerificationNeeded;
}
