namespace ActorPool.Node.Nodes;

/// <summary>What the node's process is doing, for probes and for the service manager.</summary>
/// <remarks>The node's run changes it; probes read it from other threads.</remarks>
internal sealed class NodeStatus(ServiceManager? manager)
{
    private volatile PoolNode? _node;
    private volatile NodePhase _phase = NodePhase.Starting;

    /// <summary>Enters a phase, and tells the service manager.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="node">The node that is ready.</param>
    public void Enter(NodePhase phase, PoolNode? node = null)
    {
        _node = node;
        _phase = phase;
        switch (phase)
        {
            case NodePhase.Ready:
                manager?.Notify("READY=1", $"STATUS=In its cluster at {node!.Address}; workers: {node.Workers}.");
                break;
            case NodePhase.Leaving:
                manager?.Notify("STOPPING=1", $"STATUS={Describe(phase)}");
                break;
            default:
                manager?.Notify($"STATUS={Describe(phase)}");
                break;
        }
    }

    /// <summary>Finds the node that is in the cluster; null while there is none.</summary>
    public PoolNode? FindNode() => _node;

    /// <summary>Says why the node should get no work at present.</summary>
    /// <returns>Null if it should.</returns>
    public string? FindUnreadyReason()
    {
        if (_phase is var phase and not NodePhase.Ready)
            return Describe(phase);
        return _node is { IsCutOff: true } ? "The node reaches no other member of its cluster." : null;
    }

    private static string Describe(NodePhase phase) => phase switch
    {
        NodePhase.Starting => "The node is not in a cluster yet.",
        NodePhase.Outside => "The node is outside its cluster, and joins it again.",
        NodePhase.Leaving => "The node leaves its cluster, and finishes what it runs.",
        _ => "The node is in its cluster.",
    };
}
