namespace ActorPool.Routing;

/// <summary>What happens to a worker that has given back a chunk.</summary>
internal enum ReleaseResult
{
    /// <summary>It waits for another chunk.</summary>
    Idle,

    /// <summary>It stops: it may take no more items, or there are too many workers.</summary>
    Retire,

    /// <summary>Nothing: it is unknown, idle, or holds another chunk.</summary>
    Stale,
}
