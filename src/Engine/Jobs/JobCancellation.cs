namespace ActorPool.Jobs;

/// <summary>Says who has cancelled a job.</summary>
internal static class JobCancellation
{
    /// <param name="job">The job's name.</param>
    /// <param name="token">The token that the caller gave the call.</param>
    /// <param name="cause">What the cancellation has made fail; null for nothing.</param>
    public static OperationCanceledException ByToken(string job, CancellationToken token, Exception? cause = null) =>
        new($"The job [{job}] was cancelled by its caller's token.", cause, token);

    /// <param name="job">The job's name.</param>
    public static OperationCanceledException ByCaller(string job) => new($"The job [{job}] was cancelled by its caller.");

    /// <param name="job">The job's name.</param>
    /// <param name="node">The address of the node that the operator has told.</param>
    public static OperationCanceledException ByOperator(string job, string node) =>
        new($"The job [{job}] was cancelled by an operator at {node}.");

    /// <summary>Makes a cancelled task that tells its reason to who awaits it.</summary>
    /// <remarks>The source of a task can be cancelled only with a token, and its awaiters then read "A task was canceled.".</remarks>
    public static Task<T> ToTask<T>(OperationCanceledException reason)
    {
        return ThrowAsync();

#pragma warning disable CS1998 // an asynchronous method keeps the exception with its task
        async Task<T> ThrowAsync() => throw new TaskCanceledException(reason.Message, reason.InnerException, reason.CancellationToken);
#pragma warning restore CS1998
    }
}
