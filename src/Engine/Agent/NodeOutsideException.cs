namespace ActorPool.Agent;

/// <summary>A node is outside its cluster.</summary>
/// <param name="address">The node's address.</param>
/// <param name="reason">Why.</param>
/// <remarks>The public documentation names only the <see cref="ActorPoolException"/>.</remarks>
internal sealed class NodeOutsideException(string address, NodeEnd reason)
    : ActorPoolException($"{Describe(address, reason)} Start it again.")
{
    public NodeEnd Reason => reason;

    /// <summary>What happened, without advice: for code that starts the node again itself.</summary>
    public string Description => Describe(address, reason);

    private static string Describe(string address, NodeEnd reason) => reason switch
    {
        NodeEnd.Removed => $"The other members have removed the node [{address}].",
        NodeEnd.RemovedWhileAbsent => $"The other members have removed the node [{address}], since it was unreachable for a while.",
        NodeEnd.SeedStartedAnew => $"The node [{address}] had joined a seed that has restarted and has started a new cluster.",
        NodeEnd.NotStarted =>
            $"Akka's cluster did not start for the node [{address}] within akka.actor.creation-timeout: the machine is busy.",
        NodeEnd.NoAgent => $"The agent of the node [{address}] did not start; the node's log says why.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The reason is unknown."),
    };
}
