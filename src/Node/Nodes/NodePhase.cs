namespace ActorPool.Node.Nodes;

/// <summary>The states that a node goes through.</summary>
internal enum NodePhase
{
    /// <summary>It is not in a cluster yet.</summary>
    Starting,

    /// <summary>It is a member of its cluster and takes work.</summary>
    Ready,

    /// <summary>It found itself outside its cluster, and joins again.</summary>
    Outside,

    /// <summary>It was told to stop, takes no more work and finishes what runs.</summary>
    Leaving,
}
