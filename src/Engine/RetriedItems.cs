namespace ActorPool;

/// <summary>What came of running a job's failed items again.</summary>
/// <param name="Again">Items that run again; 0 or more.</param>
/// <param name="Left">Failed items that keep their failure; 0 or more.</param>
/// <param name="Message">What was done, and why items keep their failure, in whole sentences.</param>
public sealed record RetriedItems(long Again, long Left, string Message)
{
    /// <summary>Whether nothing was done although there may be failed items.</summary>
    internal bool IsRefused { get; init; }
}
