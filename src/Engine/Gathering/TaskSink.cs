using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>A sink that answers with one task.</summary>
/// <param name="continuations">
/// Asynchronous unless the continuations are the engine's and short: the caller's code would hold up the gatherer.
/// </param>
internal abstract class TaskSink<TOut, TResult>(TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously)
    : JobSink<TOut>
{
    private readonly TaskCompletionSource<TResult> _answer = new(continuations);

    public Task<TResult> Completion => _answer.Task;

    protected abstract TResult Finish();

    public sealed override void Succeed() => _answer.TrySetResult(Finish());

    public sealed override void Fail(Exception reason)
    {
        if (reason is OperationCanceledException cancelled)
            _answer.TrySetFromTask(JobCancellation.ToTask<TResult>(cancelled));
        else if (_answer.TrySetException(reason))
            _ = _answer.Task.Exception; // observed: a caller who drops the task must not cause an UnobservedTaskException
    }
}
