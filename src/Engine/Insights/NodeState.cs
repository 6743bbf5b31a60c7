namespace ActorPool.Insights;

/// <summary>Whether a node takes chunks.</summary>
internal enum NodeState
{
    /// <summary>It does.</summary>
    Up,

    /// <summary>It finishes what runs.</summary>
    Leaving,

    /// <summary>Other members do not reach it.</summary>
    Unreachable,

    /// <summary>It is a member and did not answer.</summary>
    Silent,
}
