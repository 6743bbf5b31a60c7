using ActorPool.Diagnostics;

namespace ActorPool.Jobs;

// How it ends: with results, with an error, or cancelled, and once.
internal abstract partial class JobExecution
{
    private LazyCancellation _stop;
    private CallerToken? _callerToken;
    private int _state; // a JobState
    private Exception? _requestedEnd;

    public JobState State => (JobState)Volatile.Read(ref _state);

    public bool HasEnded => State != JobState.Running;

    /// <summary>How it ended; meaningful once it <see cref="HasEnded"/>.</summary>
    public JobEnd End { get; private set; }

    /// <summary>Cancelled when the job ends without success: running items should stop.</summary>
    public CancellationToken Token => _stop.GetToken();

    /// <summary>Lets a caller's token end the job.</summary>
    public void EndOnCancellation(Action<JobExecution, Exception> end, CancellationToken token)
    {
        _callerToken = new CallerToken(this, end, token);
        _callerToken.Register();
        if (HasEnded)
            _callerToken.Unregister();
    }

    public void ThrowIfCancelledByCaller()
    {
        if (_callerToken is { Token: { IsCancellationRequested: true } token })
            throw JobCancellation.ByToken(Name, token);
    }

    /// <summary>Gets the state in which the job ends if its caller is answered with this.</summary>
    /// <param name="reason">The error; null: the results.</param>
    public JobState GetEndState(Exception? reason) => reason switch
    {
        null => JobState.Succeeded,
        _ when Reconsider(reason) is OperationCanceledException => JobState.Cancelled,
        _ => JobState.Failed,
    };

    /// <summary>Answers the caller with the results, unless it was answered.</summary>
    public void Succeed()
    {
        if (!TryEnd(JobState.Succeeded))
            return;
        RecordEnd(error: null);
        Sink.Succeed();
    }

    /// <summary>Answers the caller with an error, unless it was answered, and cancels the running items.</summary>
    public void Fail(Exception reason)
    {
        reason = Reconsider(reason);
        if (!TryEnd(reason is OperationCanceledException ? JobState.Cancelled : JobState.Failed))
            return;
        RecordEnd(reason);
        Reports?.ReportEnd(GetProgress());
        Sink.Fail(reason);
        StopItems();
    }

    /// <summary>Records why it is to end; its caller is answered later. The first reason counts.</summary>
    /// <remarks>After the last report, for example, or when no worker writes to the caller's memory.</remarks>
    public void RequestEnd(Exception reason) => Interlocked.CompareExchange(ref _requestedEnd, reason, null);

    /// <summary>Answers the caller, unless it was answered, since the pool ends before the job has.</summary>
    /// <remarks>A job that was cancelled, or has failed, before that keeps its own reason.</remarks>
    public void FailWithPool(Exception reason) => Fail(Volatile.Read(ref _requestedEnd) ?? reason);

    /// <summary>Cancels the running items; their callbacks run on the .NET thread pool.</summary>
    public void StopItems() => _stop.Cancel(Pool);

    /// <summary>Finds whether a cancellation caused a failure.</summary>
    /// <remarks>The caller's token may have reached the function before it reached this job.</remarks>
    private Exception Reconsider(Exception reason) =>
        reason is WorkItemException or OperationCanceledException && _callerToken is { Token: { IsCancellationRequested: true } token }
            ? JobCancellation.ByToken(Name, token, reason)
            : reason;

    private bool TryEnd(JobState state)
    {
        if (Interlocked.CompareExchange(ref _state, (int)state, (int)JobState.Running) != (int)JobState.Running)
            return false;
        Owner = null;
        _meter.Stop(Pool.Settings.TimeProvider.GetTimestamp());
        _callerToken?.Unregister();
        Pool.Leave(this);
        return true;
    }

    // Before the caller has the answer: who awaits it may read the exporter, or the job's insights, next.
    private void RecordEnd(Exception? error)
    {
        End = JobEnd.From(error, Pool.Counters.LiveWorkers, GetWorkerTime());
        Trace?.End(error);
        if (IsPart)
            return;
        Pool.Archive.Add(this);
        if (!Instruments.JobDuration.Enabled)
            return;
        var outcome = error switch { null => "completed", OperationCanceledException => "cancelled", _ => "failed" };
        var identity = Pool.Identity;
        Instruments.JobDuration.Record(
            _meter.GetElapsed(Pool).TotalSeconds, Tags.Role(identity.RoleTag), Tags.Pool(identity.PoolTag), Tags.Outcome(outcome));
    }

    /// <summary>The caller's token, while it may end the job.</summary>
    private sealed class CallerToken(JobExecution job, Action<JobExecution, Exception> end, CancellationToken token)
    {
        private CancellationTokenRegistration _registration;

        public CancellationToken Token => token;

        public void Register() => _registration = token.UnsafeRegister(static state => ((CallerToken)state!).Cancel(), this);

        public void Unregister() => _registration.Unregister();

        private void Cancel() => end(job, JobCancellation.ByToken(job.Name, token));
    }
}
