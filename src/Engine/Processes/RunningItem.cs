namespace ActorPool.Processes;

/// <summary>An item of a job, as lines that a worker process writes are named after.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Index">The position of the item among the job's inputs.</param>
internal sealed record RunningItem(string Job, long Index);
