namespace ActorPool.Jobs;

/// <summary>Messages from callers, consumers and gatherers to the coordinator, about jobs and the pool.</summary>
/// <remarks>What starts a job is the <see cref="JobExecution"/> itself.</remarks>
internal static class JobProtocol
{
    /// <summary>Caller or gatherer to coordinator: fail the job, if it has not ended.</summary>
    public sealed record EndJob(JobExecution Job, Exception Reason) : IPoolMessage;

    /// <summary>Consumer or gatherer to coordinator: this many items left the job's window.</summary>
    public sealed record Yielded(JobExecution Job, long Items) : IPoolMessage;

    /// <summary>Caller to coordinator: say what the unfinished jobs wait for.</summary>
    public sealed record DescribeJobs : IPoolMessage
    {
        public static readonly DescribeJobs Instance = new();
    }

    /// <summary>Coordinator to caller: one line for each unfinished job, in the order of their start.</summary>
    public sealed record JobsDescribed(IReadOnlyList<string> Lines) : IPoolMessage;

    /// <summary>Connection to coordinator: say what an observer may see of the pool.</summary>
    /// <remarks>The answer is a <see cref="Insights.PoolReport"/>.</remarks>
    public sealed record DescribePool : IPoolMessage
    {
        public static readonly DescribePool Instance = new();
    }

    /// <summary>Connection to coordinator: say all that is known of a job.</summary>
    /// <remarks>The answer is a <see cref="Insights.JobReport"/>, or <see cref="JobUnknown"/>.</remarks>
    public sealed record DescribeJob(long Id) : IPoolMessage;

    /// <summary>Connection to coordinator: an operator cancels a job, through a node.</summary>
    /// <remarks>The answer is a <see cref="Insights.CommandReport"/>, or <see cref="JobUnknown"/>.</remarks>
    public sealed record CancelById(long Id, string Node) : IPoolMessage;

    /// <summary>Connection or caller to coordinator: run a job's failed items again.</summary>
    /// <remarks>The answer is <see cref="RetriedItems"/>, or <see cref="JobUnknown"/>.</remarks>
    /// <param name="Id">The job.</param>
    /// <param name="IsOperator">Whether an operator orders it, and not the program.</param>
    public sealed record RetryFailed(long Id, bool IsOperator) : IPoolMessage;

    /// <summary>Coordinator to connection: there is no such job, or it has ended.</summary>
    public sealed record JobUnknown : IPoolMessage
    {
        public static readonly JobUnknown Instance = new();
    }

    /// <summary>Session to coordinator: have at least this many workers from now on.</summary>
    public sealed record Grow(int Workers) : IPoolMessage;

    /// <summary>Caller to coordinator: stop when no job runs any longer.</summary>
    public sealed record Close : IPoolMessage
    {
        public static readonly Close Instance = new();
    }

    /// <summary>Caller to coordinator: stop now.</summary>
    public sealed record Terminate : IPoolMessage
    {
        public static readonly Terminate Instance = new();
    }
}
