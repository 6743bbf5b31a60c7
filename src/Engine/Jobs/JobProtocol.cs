using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>Messages from callers, consumers and gatherers to the coordinator, about jobs and the pool.</summary>
/// <remarks>What starts a job is the <see cref="JobExecution"/> itself.</remarks>
internal static class JobProtocol
{
    /// <summary>Caller or gatherer to coordinator: fail the job, if it has not ended.</summary>
    public sealed record EndJob(JobExecution Job, Exception Reason) : INoSerializationVerificationNeeded;

    /// <summary>Consumer or gatherer to coordinator: this many items left the job's window.</summary>
    public sealed record Yielded(JobExecution Job, long Items) : INoSerializationVerificationNeeded;

    /// <summary>Caller to coordinator: stop when no job runs any longer.</summary>
    public sealed record Close : INoSerializationVerificationNeeded
    {
        public static readonly Close Instance = new();
    }

    /// <summary>Caller to coordinator: stop now.</summary>
    public sealed record Terminate : INoSerializationVerificationNeeded
    {
        public static readonly Terminate Instance = new();
    }
}
