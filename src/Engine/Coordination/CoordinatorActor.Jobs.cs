using Akka.Actor;
using ActorPool.Chunking;
using ActorPool.Gathering;
using ActorPool.Hosting;
using ActorPool.Routing;

namespace ActorPool.Coordination;

// Jobs: their start, their chunks, their end.
internal sealed partial class CoordinatorActor
{
    /// <summary>Gatherers that are kept for later jobs: starting an actor costs more than a small job.</summary>
    private const int MostIdleGatherers = 64;

    private readonly Dictionary<long, RunningJob> _jobs = [];
    private readonly JobRotation _rotation = new();
    private readonly List<RunningJob> _reading = [];
    private readonly Stack<IActorRef> _gatherers = [];
    private int _unfinished;

    private void OnStartJob(JobPlan plan)
    {
        if (plan.HasEnded)
            return;
        if (_broken is not null)
        {
            plan.Fail(new NoWorkersException(_broken.Message, _broken.InnerException));
            return;
        }
        var sizer = new ChunkSizer(plan.Options.ChunkSize, _settings.IsCluster ? _settings.Cluster.ChunkTarget : _settings.ChunkTarget, JobLedger.LargestChunk(plan, _settings, Sharing));
        var ledger = new JobLedger(plan, sizer, _settings.StreamMaxWindow);
        var job = new RunningJob(ledger, _gatherers.TryPop(out var gatherer) ? gatherer : StartGatherer());
        _jobs.Add(plan.Id, job);
        _rotation.Add(job);
        _pool.Counters.Jobs(++_unfinished);
        if (!TryLendFor(plan))
        {
            OnEndJob(plan, new InvalidOperationException(
                $"Functions wait for jobs that they started in their own pool, and the [{_settings.NestedWorkers}] workers that can be loaned for that are all in use. Nest less deeply, or raise actorpool.nested-workers."));
            return;
        }
        if (plan.Input.Count == 0 || plan.Options.Progress is not null)
            job.Gatherer.Tell(new GathererActor.Begin(plan));
        if (plan.Options.Timeout is { } timeout)
            job.Deadline = Context.System.Scheduler.ScheduleTellOnceCancelable(timeout, Self, new DeadlinePassed(plan), Self);
        if (plan.Options.ItemTimeout is { } itemTimeout)
            job.ItemCheck = Context.System.Scheduler.ScheduleTellOnceCancelable(itemTimeout, Self, new CheckItems(job), Self);
        if (plan.Input.Reader is { } reader)
        {
            job.Reader = Context.ActorOf(InputReaderActor.PropsFor(reader, Self, new InputAvailable(plan), new InputEnded(plan)).WithDispatcher(PoolSettings.WorkerDispatcher));
            _reading.Add(job);
        }
        Deal();
        WatchForWorkers();
        WatchJobs();
    }

    private IActorRef StartGatherer() => Context.ActorOf(GathererActor.PropsFor(_pool, Self).WithDispatcher(PoolSettings.CoordinationDispatcher));

    private void OnJobRequest(IJobRequest request)
    {
        var asker = Sender;
        try
        {
            if (_closing)
                throw new InvalidOperationException($"The pool [{_settings.Name}] is closed and takes no new jobs.");
            var plan = request.ToPlan(_pool, asker);
            if (_pool.TryEnter(plan))
                OnStartJob(plan);
        }
        catch (Exception e)
        {
            // The asker's arguments are wrong, or its list threw while it was copied: its error, not ours.
            asker.Tell(new Status.Failure(e));
        }
    }

    private void OnCancelJob(CancelJob cancel)
    {
        foreach (var job in _jobs.Values.Where(job => string.Equals(job.Plan.Name, cancel.Name, StringComparison.Ordinal)).ToArray())
            OnEndJob(job.Plan, new OperationCanceledException($"{cancel.Name} was cancelled."));
    }

    private void OnChunkEnded(WorkProtocol.ChunkEnded ended)
    {
        var lease = ended.Lease;
        if (_routed.Remove(lease))
            _roster.Learn(ended.WorkerId, lease);
        CloseLease(lease);
        if (_jobs.TryGetValue(lease.Job.Id, out var job))
        {
            if (job.EndReason is not null)
                job.Ledger.Forget(lease);
            else if (lease.IsReported)
            {
                job.Ledger.RecordBytes(lease, ended.Bytes, _settings.Cluster.ChunkBytes);
                job.Ledger.TrySettle(lease, ended.Elapsed);
            }
            ForgetWhenDone(job);
        }
        ReleaseWorker(ended.WorkerId, lease);
        Deal();
    }

    private void OnYielded(Yielded yielded)
    {
        if (!_jobs.TryGetValue(yielded.Job.Id, out var job))
            return;
        job.Ledger.Release(yielded.Items);
        Deal();
    }

    private void OnInputAvailable(JobPlan plan)
    {
        if (_jobs.TryGetValue(plan.Id, out var job))
            job.AwaitsInput = false;
        Deal();
    }

    private void OnInputEnded(JobPlan plan)
    {
        if (!_jobs.TryGetValue(plan.Id, out var job) || job.EndReason is not null)
            return;
        _reading.Remove(job);
        var reader = plan.Input.Reader!;
        if (reader.Error is { } error && !plan.EndsAtSourceError)
            OnEndJob(plan, error);
        else
            job.Gatherer.Tell(new GathererActor.InputEnded(plan, plan.Input.Count!.Value, reader.Error));
        Deal();
    }

    /// <summary>Deals chunks until no worker is idle or no job has one.</summary>
    private void Deal()
    {
        do
        {
            DealWave();
            while (_roster.TryPeekIdle(out var worker, out var tasksLeft) && (_rotation.TryTake(worker, tasksLeft, Sharing) ?? TakeForAnotherIdle()) is var (job, lease))
            {
                _roster.TryPeekIdle(out worker, out _);
                _roster.Occupy(lease);
                _workers[worker].Tell(new WorkProtocol.RunChunk(lease, job.Gatherer));
            }
            DealToNodes();
        }
        while (Read());
        HireAndDismiss();
    }

    /// <summary>An item that runs again shuns the worker on top of the idle ones; perhaps not the others.</summary>
    private (RunningJob, Lease)? TakeForAnotherIdle()
    {
        if (!_rotation.Jobs.Any(job => job.Ledger.HasAgain))
            return null;
        for (var others = _roster.Idle - 1; others > 0; others--)
        {
            _roster.Rotate();
            if (_roster.TryPeekIdle(out var worker, out var tasksLeft) && _rotation.TryTake(worker, tasksLeft, Sharing) is { } taken)
                return taken;
        }
        return null;
    }

    /// <summary>When all workers are idle, and there is a chunk for each, the router deals them: one each, in turn.</summary>
    private void DealWave()
    {
        // The router cannot keep an item away from the worker that it failed on.
        if (!_routerAgrees || !_roster.IsWholeAndIdle || _nodes.Count > 0 || _rotation.Jobs.Any(job => job.Ledger.HasAgain))
            return;
        var wave = new List<(RunningJob Job, Lease Lease)>(_roster.Live);
        var tasksLeft = _roster.LeastTasksLeft();
        while (wave.Count < _roster.Live && _rotation.TryTake(worker: -1, tasksLeft, Sharing) is { } taken)
            wave.Add(taken);
        if (wave.Count == _roster.Live)
        {
            _roster.OccupyAll();
            foreach (var (job, lease) in wave)
            {
                _routed.Add(lease);
                _router.Tell(new WorkProtocol.RunChunk(lease, job.Gatherer));
            }
            return;
        }
        // Too few for all: dealt one by one, to the workers that are warm.
        foreach (var (job, lease) in wave)
        {
            _roster.TryPeekIdle(out var worker, out _);
            _roster.Occupy(lease);
            _workers[worker].Tell(new WorkProtocol.RunChunk(lease, job.Gatherer));
        }
    }

    /// <summary>Lets readers read on; true when one has an input now that an idle worker could have.</summary>
    private bool Read()
    {
        var more = false;
        foreach (var job in _reading)
        {
            var reader = job.Plan.Input.Reader!;
            if (reader.Allow(job.Ledger.Allowed(Sharing)))
                job.Reader.Tell(InputReaderActor.ReadOn.Instance);
            if ((_roster.Idle == 0 && !_nodes.HasFreeWorker) || job.AwaitsInput || job.EndReason is not null)
                continue;
            job.AwaitsInput = reader.Await();
            more |= !job.AwaitsInput && !reader.HasEnded && job.Plan.Input.Taken < job.Ledger.Allowed(Sharing);
        }
        return more;
    }

    private void OnEndJob(JobPlan plan, Exception reason)
    {
        if (!_jobs.TryGetValue(plan.Id, out var job) || job.EndReason is not null || job.IsFinishing)
            return;
        job.EndReason = reason;
        StopDealing(job);
        if (job.Ledger.Out.Count > 0)
            job.Reaper = Context.System.Scheduler.ScheduleTellOnceCancelable(_settings.AbandonAfter, Self, new Reap(job, null), Self);
        if (!plan.WritesToCaller)
            Finish(job);
        ForgetWhenDone(job);
        Deal();
    }

    private void OnDeadlinePassed(JobPlan plan)
    {
        var progress = plan.Meter.Snapshot();
        var unfinished = progress.Total is { } total ? $"{total - progress.Done} (of {total}) items" : $"{progress.Done} items were done, the others";
        OnEndJob(plan, new TimeoutException($"{plan.Name} ran out of its JobOptions.Timeout of [{plan.Options.Timeout}]: {unfinished} unfinished."));
    }

    private void StopDealing(RunningJob job)
    {
        job.StopTimers();
        // Revoked before they are cancelled: what cancelling makes of an item is not its outcome.
        foreach (var lease in job.Ledger.Out)
        {
            lease.TryRevoke();
            lease.CancelItem();
        }
        job.Plan.StopItems();
        _rotation.Remove(job);
        StopReading(job);
        TellNodesOfEnd(job.Plan);
    }

    private void StopReading(RunningJob job)
    {
        _reading.Remove(job);
        job.Plan.Input.Reader?.Stop();
        job.Reader?.Tell(InputReaderActor.StopReading.Instance);
        job.Reader = null;
    }

    private static void Finish(RunningJob job)
    {
        job.IsFinishing = true;
        job.Gatherer.Tell(new GathererActor.Finish(job.Plan, job.EndReason!));
    }

    private void OnFinished(Finished finished)
    {
        if (!_jobs.TryGetValue(finished.Job.Id, out var job) || job.IsFinished)
            return;
        if (_gatherers.Count < MostIdleGatherers)
            _gatherers.Push(Sender);
        else
            Context.Stop(Sender);
        job.IsFinished = true;
        job.IsFinishing = true;
        _rotation.Remove(job);
        StopReading(job);
        job.StopTimers();
        TakeBackFor(finished.Job);
        _pool.Counters.Jobs(--_unfinished);
        TellNodesOfEnd(finished.Job);
        ForgetWhenDone(job);
        StopWhenDone();
        HireAndDismiss();
    }

    /// <summary>A job leaves the books when its caller has the answer and its last lease is back.</summary>
    private void ForgetWhenDone(RunningJob job)
    {
        if (job.Ledger.Out.Count > 0)
            return;
        if (job.EndReason is not null && !job.IsFinishing)
            Finish(job);
        if (!job.IsFinished)
            return;
        job.Reaper?.Cancel();
        _jobs.Remove(job.Plan.Id);
    }
}
