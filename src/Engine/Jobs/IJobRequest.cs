namespace ActorPool.Jobs;

/// <summary>A public message that asks the coordinator for a job.</summary>
internal interface IJobRequest
{
    /// <summary>Makes the job, which answers the asker.</summary>
    JobExecution ToJob(PoolState pool, Akka.Actor.IActorRef asker);
}
