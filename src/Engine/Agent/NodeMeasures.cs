using ActorPool.Diagnostics;

namespace ActorPool.Agent;

/// <summary>What instruments observe of a node, beside the pools of its sessions.</summary>
internal sealed class NodeMeasures(NodeRuntime node) : IMeasured
{
    public PoolIdentity Identity { get; } = new(Pool: null, PoolRole.Node, node.Address.ToString());

    public long? Read(Quantity quantity) => quantity switch
    {
        Quantity.BytesSent => node.Traffic.Sent,
        Quantity.BytesReceived => node.Traffic.Received,
        Quantity.ChunksInFlight => node.Sessions.Values.Sum(session => (long)session.Chunks),
        Quantity.WorkersBusy => node.Gate?.Running ?? 0,
        Quantity.WorkersIdle => node.Gate is { } gate ? Math.Max(0, gate.Workers - gate.Running) : 0,
        Quantity.Sessions => node.Sessions.Count,
        _ => null,
    };
}
