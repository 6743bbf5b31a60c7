using System.Runtime.CompilerServices;
using ActorPool.Jobs;

namespace ActorPool;

/// <summary>A running job: await it for its result, watch it, cancel it.</summary>
/// <typeparam name="TResult">What the job returns, for a map an array in the inputs' order.</typeparam>
/// <remarks>Python's <c>AsyncResult</c>. All members may be called from any thread.</remarks>
public sealed class Job<TResult>
{
    private readonly JobExecution _execution;
    private readonly Action<JobExecution, Exception> _end;
    private readonly Func<JobExecution, Task, CancellationToken, Task<RetriedItems>> _retry;

    /// <summary>What the engine knows of it, for reports.</summary>
    internal JobExecution Execution => _execution;

    internal Job(
        JobExecution execution, Task<TResult> completion, Action<JobExecution, Exception> end,
        Func<JobExecution, Task, CancellationToken, Task<RetriedItems>> retry)
    {
        _execution = execution;
        (_end, _retry) = (end, retry);
        Completion = completion;
    }

    /// <summary>A number for the job, unique in its pool.</summary>
    public long Id => _execution.Id;

    /// <summary>The job's name: <see cref="JobOptions.Name"/> or a generated one.</summary>
    public string Name => _execution.Name;

    /// <summary>Completes with the result, the job's error or cancellation.</summary>
    /// <value>
    /// Faults with a <see cref="TimeoutException"/>, an <see cref="ActorPoolException"/> such as <see cref="WorkItemException"/>,
    /// <see cref="PoolTerminatedException"/> or <see cref="NoWorkersException"/>, with an <see cref="InvalidOperationException"/> if a
    /// nested job finds no worker, or with what the source of the inputs or the progress handler threw. It is cancelled after
    /// <see cref="Cancel"/>, by the caller's token, or by an operator: the message of the exception says by which. To wait for a limited
    /// time, use <c>Completion.WaitAsync(timeout)</c>: the job goes on, and a later wait gets its result.
    /// </value>
    public Task<TResult> Completion { get; }

    /// <summary>How far the job has come, now.</summary>
    public JobProgress Progress => _execution.GetProgress();

    /// <summary>What has happened in the job so far: chunks, times, failures and advice.</summary>
    /// <value>
    /// A copy, during the job and after it; without the chunks that run at this moment. A job of one input has no chunks there. Reading it
    /// takes some 100 µs for a job of thousands of chunks; recording costs the job some 50 ns for each chunk. With
    /// <see cref="JobOptions.ShowInputs"/> it waits for the texts of inputs, for a second at most.
    /// </value>
    public JobInsights Insights
    {
        get
        {
            _execution.Recorder?.AwaitInputs();
            return _execution.Describe([]);
        }
    }

    /// <summary>Ends the job and cancels <see cref="Completion"/>.</summary>
    /// <remarks>
    /// Chunks that were not dispatched are dropped, and running items see their token cancelled. Does nothing when the job has ended.
    /// Returns at once; functions that do not watch their token run on, without effect on the job.
    /// </remarks>
    public void Cancel() => _end(_execution, JobCancellation.ByCaller(Name));

    /// <summary>Runs the items that have failed for good again, if the job still runs.</summary>
    /// <param name="cancellationToken">Ends the waiting for the answer; items may run again nevertheless.</param>
    /// <returns>
    /// How many items run again, and why others do not. It does not wait for them: their new outcomes are in the job's result. Nothing runs
    /// again when the job has ended, or is one that its first failure ends, as <c>StartMap</c> makes them.
    /// </returns>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the answer arrived.
    /// </exception>
    /// <remarks>
    /// For a job of <c>StartTryMap</c>, when what made items fail is repaired. An item that had used up its
    /// <see cref="JobOptions.Retries"/> starts with its first attempt; its former failure is forgotten, and counts no longer in
    /// <see cref="Progress"/> and <see cref="Insights"/>. The job never waits for this: when its last item has an outcome, it ends. Inputs
    /// that are read while the job runs are kept only for failed items, at most <see cref="JobOptions.Window"/> or
    /// <c>actorpool.stream.max-window</c> of them; items beyond keep their failure. An operator does the same with <c>jobs retry</c>.
    /// </remarks>
    public Task<RetriedItems> RetryFailedAsync(CancellationToken cancellationToken = default) =>
        _retry(_execution, Completion, cancellationToken);

    /// <summary>Awaits <see cref="Completion"/>.</summary>
    /// <returns>The awaiter of <see cref="Completion"/>.</returns>
    public TaskAwaiter<TResult> GetAwaiter() => Completion.GetAwaiter();

    /// <summary>Shows the job's name, state and counts.</summary>
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
        var total = progress.Total?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of";
        return $"{Name}: {state}, {progress.Done} of {total} items";
    }
}
