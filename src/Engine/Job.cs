using System.Runtime.CompilerServices;
using ActorPool.Coordination;

namespace ActorPool;

/// <summary>A running job: await it for its result, watch it, cancel it. Python's <c>AsyncResult</c>.</summary>
/// <typeparam name="TResult">What the job returns, for a map an array in the inputs' order.</typeparam>
public sealed class Job<TResult>
{
    private readonly JobPlan _plan;
    private readonly Action<JobPlan, Exception> _end;

    internal Job(JobPlan plan, Task<TResult> completion, Action<JobPlan, Exception> end)
    {
        _plan = plan;
        _end = end;
        Completion = completion;
    }

    /// <summary>A number for the job, unique in this process.</summary>
    public long Id => _plan.Id;

    /// <summary>The job's name: <see cref="JobOptions.Name"/> or a generated one.</summary>
    public string Name => _plan.Name;

    /// <summary>Completes with the result, the job's error or cancellation.</summary>
    /// <value>
    /// Faults with <see cref="WorkItemException"/>, <see cref="TimeoutException"/>, <see cref="PoolTerminatedException"/>, <see cref="NoWorkersException"/> or
    /// what the source of the inputs or the progress handler threw; is cancelled after <see cref="Cancel"/>. To wait for a limited time,
    /// use <c>Completion.WaitAsync(timeout)</c>: the job goes on, and a later wait gets its result.
    /// </value>
    public Task<TResult> Completion { get; }

    /// <summary>How far the job has come, now.</summary>
    public JobProgress Progress => _plan.Meter.Snapshot();

    /// <summary>Ends the job: chunks that were not dealt are dropped, running items see their token cancelled, and <see cref="Completion"/> is cancelled.</summary>
    /// <remarks>Does nothing when the job has ended. Returns at once; functions that do not watch their token run on, without effect on the job.</remarks>
    public void Cancel() => _end(_plan, new OperationCanceledException($"{Name} was cancelled."));

    /// <summary>Awaits <see cref="Completion"/>.</summary>
    /// <returns>The awaiter of <see cref="Completion"/>.</returns>
    public TaskAwaiter<TResult> GetAwaiter() => Completion.GetAwaiter();

    /// <summary>Says the job's name, state and counts.</summary>
    /// <returns>For example <c>job-7: running, 120 of 1000 items</c>.</returns>
    public override string ToString()
    {
        var progress = Progress;
        var state = Completion.Status switch
        {
            TaskStatus.RanToCompletion => "succeeded",
            TaskStatus.Faulted => "failed",
            TaskStatus.Canceled => "cancelled",
            _ => "running",
        };
        return $"{Name}: {state}, {progress.Done} of {progress.Total?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of"} items";
    }
}
