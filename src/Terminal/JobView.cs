namespace ActorPool.Terminal;

/// <summary>What a line shows of a job.</summary>
/// <param name="Name">What stands before the bar; may be empty.</param>
/// <param name="Progress">The job's latest report.</param>
/// <param name="Rate">Items a second, lately.</param>
/// <param name="Remaining">The time until its end; null if unknown.</param>
internal sealed record JobView(string Name, JobProgress Progress, double Rate, TimeSpan? Remaining);
