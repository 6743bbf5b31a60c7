namespace ActorPool.Agent;

/// <summary>Why a node is outside its cluster although it was not told to leave.</summary>
internal enum NodeEnd
{
    /// <summary>The others have removed it.</summary>
    Removed,

    /// <summary>The others have removed it while it was frozen or cut off.</summary>
    RemovedWhileAbsent,

    /// <summary>Its seed has restarted and does not know it.</summary>
    SeedStartedAnew,

    /// <summary>Akka's cluster ended before the node was in it.</summary>
    NotStarted,

    /// <summary>The actor that answers for the node did not start.</summary>
    NoAgent,
}
