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
