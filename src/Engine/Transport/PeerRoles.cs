namespace ActorPool.Transport;

/// <summary>What the other side of a data connection may do at a node.</summary>
[Flags]
internal enum PeerRoles
{
    None = 0,

    /// <summary>It sees what runs where.</summary>
    Observe = 1,

    /// <summary>It runs functions.</summary>
    Submit = 2,

    /// <summary>It cancels jobs, drains nodes and changes them.</summary>
    Operate = 4,

    All = Observe | Submit | Operate,
}
