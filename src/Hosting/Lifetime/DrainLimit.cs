namespace ActorPool.Hosting.Lifetime;

/// <summary>How long pools and nodes may drain when the host stops.</summary>
internal static class DrainLimit
{
    /// <summary>What is left for errors to reach their callers, and for the pools to end.</summary>
    private static readonly TimeSpan s_maxRest = TimeSpan.FromSeconds(2);

    /// <param name="timeout">The host's shutdown timeout.</param>
    public static TimeSpan From(TimeSpan timeout) => timeout / 5 < s_maxRest ? timeout - (timeout / 5) : timeout - s_maxRest;
}
