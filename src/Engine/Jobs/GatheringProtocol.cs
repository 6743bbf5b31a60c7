using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>Messages between the coordinator and a job's gatherer, besides <see cref="JobProtocol"/>.</summary>
/// <remarks>Outcomes come straight from the workers: see <see cref="WorkProtocol"/>.</remarks>
internal static class GatheringProtocol
{
    /// <summary>Coordinator to gatherer: the job has started.</summary>
    /// <remarks>Sent for a job that has no items, or whose caller follows its progress.</remarks>
    public sealed record Begin(JobExecution Job) : IPoolMessage;

    /// <summary>Coordinator to gatherer: the source has ended.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Total">Inputs that the source had.</param>
    /// <param name="Error">What the source threw; null if it did not throw.</param>
    public sealed record InputEnded(JobExecution Job, long Total, Exception? Error) : IPoolMessage;

    /// <summary>Coordinator to gatherer: this many attempts did not end, and are repeated.</summary>
    public sealed record Repeated(JobExecution Job, int Attempts) : IPoolMessage;

    /// <summary>Coordinator to gatherer: the job has lost all workers, or has some again.</summary>
    /// <remarks>Sent if the job's caller follows its progress.</remarks>
    public sealed record WorkersChanged(JobExecution Job) : IPoolMessage;

    /// <summary>Coordinator to gatherer: give up the failures whose items can run again.</summary>
    public sealed record TakeFailures(JobExecution Job, RetryAsker Asker) : IPoolMessage;

    /// <summary>Gatherer to coordinator: these items run again.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Taken">The items; null if the job's outcomes are no longer gathered.</param>
    /// <param name="Asker">Who gets the answer.</param>
    public sealed record FailuresTaken(JobExecution Job, TakenFailures? Taken, RetryAsker Asker) : IPoolMessage;

    /// <summary>Who has asked for failed items to run again.</summary>
    /// <param name="Actor">Gets the answer.</param>
    /// <param name="IsOperator">Whether an operator has asked, and not the program.</param>
    public sealed record RetryAsker(IActorRef Actor, bool IsOperator);

    /// <summary>Coordinator to gatherer: the job has failed; answer with this error.</summary>
    public sealed record Finish(JobExecution Job, Exception Reason) : IPoolMessage;

    /// <summary>Gatherer to coordinator: the caller has its answer, and the gatherer is free.</summary>
    public sealed record Finished(JobExecution Job) : IPoolMessage;
}
