using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Gathering;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Coordination;

// Jobs: their start, their chunks, their end.
internal sealed partial class CoordinatorActor
{
    private readonly Dictionary<long, RunningJob> _jobs = [];
    private readonly JobNames _names = new();
    private readonly FairScheduler _scheduler;
    private readonly HashSet<RunningJob> _reading = [];
    private readonly GathererSet _gatherers;
    private readonly List<Lease> _round = []; // the one that is being taken
    private readonly ConditionalWeakTable<Delegate, FunctionCost> _costs = [];
    private int _readingWorkers; // that shared the jobs when the readers were last told how far to read
    private int _unfinished;

    private void OnStartJob(JobExecution execution)
    {
        if (execution.HasEnded)
            return;
        if (_poolFailure is not null)
        {
            execution.Fail(new NoWorkersException(_poolFailure.Message, _poolFailure.InnerException));
            return;
        }
        var ledger = new JobLedger(execution, execution.Input.Count <= 1 ? null : CreateSizer(execution), _settings.StreamMaxWindow);
        var job = new RunningJob(ledger, _gatherers.Enter());
        execution.Gatherer = job.Gatherer;
        _jobs.Add(execution.Id, job);
        _names.Add(job);
        _scheduler.Add(job);
        _pool.Counters.Jobs(++_unfinished);
        if (!TryLendFor(execution))
        {
            OnEndJob(execution, new InvalidOperationException(
                "Functions wait for jobs that they started in their own pool, and the " +
                $"[{_settings.NestedWorkers}] extra workers for that are all in use. " +
                "Nest less deeply, or raise actorpool.nested-workers."));
            return;
        }
        if (execution.Input.Count == 0 || execution.Options.Progress is not null)
            job.Gatherer.Tell(new GatheringProtocol.Begin(execution));
        if (execution.Options.Timeout is { } timeout)
            job.Deadline = Context.System.Scheduler.ScheduleTellOnceCancelable(timeout, Self, new DeadlinePassed(execution), Self);
        if (execution.HasItemLimit)
            job.ItemCheck = Context.System.Scheduler.ScheduleTellOnceCancelable(GetItemLimit(execution), Self, new CheckItems(job), Self);
        if (execution.Input.Reader is { } reader)
        {
            var props = InputReaderActor.PropsFor(reader, Self, new InputAvailable(execution), new InputEnded(execution));
            job.Reader = Context.ActorOf(props.WithDispatcher(PoolSettings.WorkerDispatcher));
            _reading.Add(job);
            job.ReadOn(ActiveWorkers);
        }
        Dispatch();
        WatchForWorkers();
        WatchJobs();
        WatchLag();
    }

    private ChunkSizer CreateSizer(JobExecution execution) => new(
        execution.Options.ChunkSize,
        _settings.IsCluster || _settings.Processes > 0 ? _settings.Cluster.ChunkTarget : _settings.ChunkTarget,
        JobLedger.GetMaxChunkItems(execution, _settings, ActiveWorkers),
        FindCost(execution));

    /// <summary>Finds what earlier jobs have shown of the function; null if it is not remembered.</summary>
    /// <remarks>One that captures variables is not: its items may cost something else at each call.</remarks>
    private FunctionCost? FindCost(JobExecution execution) =>
        execution.Options.ChunkSize is null && execution.Input.Reader is null
        && execution.Remembered is { } function && Statelessness.HasNoState(function)
            ? _costs.GetValue(function, static _ => new FunctionCost())
            : null;

    private IActorRef StartGatherer() =>
        Context.ActorOf(GathererActor.PropsFor(_pool, Self).WithDispatcher(PoolSettings.CoordinationDispatcher));

    private void OnJobRequest(IJobRequest request)
    {
        var sender = Sender;
        try
        {
            if (_closing)
                throw new InvalidOperationException($"The pool [{_settings.Name}] is closed and takes no new jobs.");
            var execution = request.ToJob(_pool, sender);
            if (_pool.TryEnter(execution))
                OnStartJob(execution);
        }
        catch (Exception e)
        {
            // The sender's arguments are wrong, or its list threw while it was copied: the sender gets its error.
            sender.Tell(new Status.Failure(e));
        }
    }

    private void OnCancelJob(CancelJob cancel)
    {
        var jobs = _names.Find(cancel.Name);
        if (JobExecution.TryGetId(cancel.Name, out var id) && _jobs.TryGetValue(id, out var unnamed) && !unnamed.Execution.IsNamed)
            jobs = [.. jobs, unnamed];
        foreach (var job in jobs)
            OnEndJob(job.Execution, JobCancellation.ByCaller(cancel.Name));
    }

    /// <param name="lease">The lease that is back.</param>
    /// <param name="worker">The worker, or the node, that had it.</param>
    private void OnChunkEnded(Lease lease, int worker)
    {
        if (_routed.Remove(lease))
            _roster.Learn(worker, lease);
        CloseLease(lease);
        if (_jobs.TryGetValue(lease.Job.Id, out var job))
        {
            if (job.EndReason is not null)
                job.Ledger.Forget(lease);
            else if (lease.IsReported)
            {
                job.Ledger.RecordBytes(lease, _settings.Cluster.ChunkBytes);
                if (job.Ledger.TrySettle(lease))
                    RecordChunk(lease);
                OnLedgerChanged(job);
            }
            ForgetWhenDone(job);
        }
        ReleaseWorker(worker, lease);
        Dispatch();
    }

    /// <summary>Counts a chunk for the pool, once the ledger has recorded it for its job.</summary>
    private void RecordChunk(Lease lease)
    {
        _pool.Counters.ChunkEnded();
        if (Instruments.ChunkDuration.Enabled)
            Instruments.ChunkDuration.Record(
                lease.Elapsed.TotalSeconds, Tags.Role(_pool.Identity.RoleTag), Tags.Pool(_pool.Identity.PoolTag));
    }

    private void OnYielded(JobProtocol.Yielded yielded)
    {
        if (!_jobs.TryGetValue(yielded.Job.Id, out var job))
            return;
        job.Ledger.Release(yielded.Items);
        OnLedgerChanged(job);
        Dispatch();
    }

    /// <summary>Lets a job take chunks, and its source be read, as its ledger now allows.</summary>
    private void OnLedgerChanged(RunningJob job)
    {
        _scheduler.Update(job);
        job.ReadOn(ActiveWorkers);
    }

    private void OnInputAvailable(JobExecution execution)
    {
        if (!_jobs.TryGetValue(execution.Id, out var job))
            return;
        job.AwaitsInput = false;
        _scheduler.Update(job);
        Dispatch();
    }

    private void OnInputEnded(JobExecution execution)
    {
        if (!_jobs.TryGetValue(execution.Id, out var job) || job.Phase != JobPhase.Running)
            return;
        _reading.Remove(job);
        _scheduler.Update(job);
        var reader = execution.Input.Reader!;
        if (reader.Error is { } error && !execution.EndsAtSourceError)
            OnEndJob(execution, error);
        else
            job.Gatherer.Tell(new GatheringProtocol.InputEnded(execution, execution.Input.Count!.Value, reader.Error));
        Dispatch();
    }

    /// <summary>Dispatches chunks until no worker is idle or no job has a chunk for one.</summary>
    private void Dispatch()
    {
        ReadOnWithMoreWorkers();
        DispatchRound();
        while (_roster.TryPeekIdle(out var worker, out var tasksLeft)
            && (_scheduler.TryTake(worker, tasksLeft, ActiveWorkers) ?? TakeForAnotherIdle()) is var (_, lease))
        {
            _roster.TryPeekIdle(out worker, out _);
            _roster.Occupy(lease);
            _workers[worker].Tell(lease);
        }
        DispatchToNodes();
        AdjustWorkerCount();
    }

    /// <summary>Takes a chunk for an idle worker other than the one on top.</summary>
    /// <remarks>
    /// A retried item avoids the worker on which it failed, so what the one on top refuses is for any other: two need to be asked, not all.
    /// The worker that gets the chunk is on top afterwards.
    /// </remarks>
    private (RunningJob, Lease)? TakeForAnotherIdle() =>
        _scheduler.HasRequeued && _roster.TrySwapIdle() && _roster.TryPeekIdle(out var worker, out var tasksLeft)
            ? _scheduler.TryTake(worker, tasksLeft, ActiveWorkers)
            : null;

    /// <summary>Lets the supervisor's router distribute one chunk to each worker.</summary>
    /// <remarks>It does so if all workers are idle and there is a chunk for each.</remarks>
    private void DispatchRound()
    {
        // The router cannot keep an item away from the worker on which it failed.
        if (!_roster.CanTakeRound || _nodes.Count > 0 || _scheduler.HasRequeued)
            return;
        while (_round.Count < _roster.Live && _scheduler.TryTake(worker: -1, int.MaxValue, ActiveWorkers) is var (_, lease))
            _round.Add(lease);
        if (_round.Count == _roster.Live)
            SendRound();
        else
            SendOneByOne();
        _round.Clear();
    }

    private void SendRound()
    {
        foreach (var lease in _round)
            _routed.Add(lease);
        _supervisor.Tell(new SupervisionProtocol.DispatchRound(_roster.Ids, _round.ToArray()));
        _roster.OccupyAll();
    }

    /// <summary>Gives chunks that are too few for a round to the workers that ran last.</summary>
    /// <remarks>Their caches are warm.</remarks>
    private void SendOneByOne()
    {
        foreach (var lease in _round)
        {
            _roster.TryPeekIdle(out var worker, out _);
            _roster.Occupy(lease);
            _workers[worker].Tell(lease);
        }
    }

    /// <summary>Lets all readers continue when more workers share the jobs: windows may have grown.</summary>
    private void ReadOnWithMoreWorkers()
    {
        var workers = ActiveWorkers;
        if (workers > _readingWorkers)
        {
            foreach (var job in _reading)
                job.ReadOn(workers);
        }
        _readingWorkers = workers;
    }

    private void OnEndJob(JobExecution execution, Exception reason)
    {
        if (!_jobs.TryGetValue(execution.Id, out var job) || !job.TryEnd(reason))
            return;
        execution.RequestEnd(reason);
        StopDispatching(job);
        if (job.Ledger.InFlight.Count > 0)
            job.Reaper = Context.System.Scheduler.ScheduleTellOnceCancelable(_settings.AbandonAfter, Self, new Reap(job, null), Self);
        if (!execution.WritesToCaller)
            Finish(job);
        ForgetWhenDone(job);
        Dispatch();
    }

    private void OnDeadlinePassed(JobExecution execution)
    {
        var progress = execution.GetProgress();
        var unfinished = progress.Total is { } total
            ? $"{total - progress.Done} (of {total}) items"
            : $"{progress.Done} items were done, the others";
        OnEndJob(execution, new TimeoutException(
            $"{execution.Name} took longer than JobOptions.Timeout [{execution.Options.Timeout}]: {unfinished} unfinished."));
    }

    private void StopDispatching(RunningJob job)
    {
        job.StopTimers();
        // Revoke before cancelling: what the cancellation does to an item is not its outcome.
        foreach (var lease in job.Ledger.InFlight)
        {
            lease.TryRevoke();
            lease.CancelItem();
        }
        job.Execution.StopItems();
        _scheduler.Remove(job);
        StopReading(job);
        TellNodesOfEnd(job);
    }

    private void StopReading(RunningJob job)
    {
        _reading.Remove(job);
        job.Execution.Input.Reader?.Stop();
        if (job.Reader is not { } reader)
            return;
        reader.Tell(InputReaderActor.StopReading.Instance);
        job.Reader = null;
    }

    private static void Finish(RunningJob job)
    {
        job.MarkAnswering();
        job.Gatherer.Tell(new GatheringProtocol.Finish(job.Execution, job.EndReason!));
    }

    private void OnFinished(GatheringProtocol.Finished finished)
    {
        if (!_jobs.TryGetValue(finished.Job.Id, out var job) || !job.TryFinish())
            return;
        _gatherers.Leave(job.ServedBy);
        _scheduler.Remove(job);
        StopReading(job);
        job.StopTimers();
        TakeBackFor(finished.Job);
        _pool.Counters.Jobs(--_unfinished);
        TellNodesOfEnd(job);
        ForgetWhenDone(job);
        StopWhenDone();
        AdjustWorkerCount();
    }

    /// <summary>Removes a job once its caller has the answer and its last lease is back.</summary>
    private void ForgetWhenDone(RunningJob job)
    {
        if (job.Ledger.InFlight.Count > 0)
            return;
        if (job.Phase == JobPhase.Ending)
            Finish(job);
        if (job.Phase != JobPhase.Ended)
            return;
        job.Reaper?.Cancel();
        _jobs.Remove(job.Execution.Id);
        _names.Remove(job);
    }
}
