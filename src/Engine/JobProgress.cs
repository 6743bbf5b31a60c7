namespace ActorPool;

/// <summary>How far a job has come, at one moment.</summary>
/// <param name="Done">Items with an outcome, failed ones included; 0 or more.</param>
/// <param name="Failed">Items among them that failed; 0 or more.</param>
/// <param name="Retried">Attempts that were followed by another one, after an exception or the loss of a worker; 0 or more.</param>
/// <param name="Total">All items of the job; <see langword="null"/> while the source has not said how many there are.</param>
/// <param name="Elapsed">Time since the job was submitted.</param>
public sealed record JobProgress(long Done, long Failed, long Retried, long? Total, TimeSpan Elapsed)
{
    /// <summary>Workers that the pool has, over all its nodes; 0 while the job waits for some, because they start, or because all nodes are gone.</summary>
    public int Workers { get; init; }

    /// <summary>Items a second, over the whole job so far; 0 before the first one is done.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>The time that the rest will take at the same rate; <see langword="null"/> while that cannot be known.</summary>
    public TimeSpan? Remaining => Total is { } total && Done > 0 ? Elapsed * ((double)(total - Done) / Done) : null;
}
