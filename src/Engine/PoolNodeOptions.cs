using ActorPool.Configuration;
using ActorPool.Diagnostics;

namespace ActorPool;

/// <summary>Settings of one <see cref="PoolNode"/>; fixed once it has started.</summary>
/// <remarks>A setting given here wins over the same one in <see cref="Config"/>, and that over <c>reference.conf</c>.</remarks>
public sealed record PoolNodeOptions
{
    /// <summary>The address on which the node listens, and by which other processes know it.</summary>
    /// <value>
    /// One address of this machine, not a name and not a wildcard; default <c>127.0.0.1</c>. One that is not of the loopback interface
    /// needs <c>actorpool.cluster.tls.certificates</c>: who can reach a node without TLS can run code on it.
    /// </value>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port of the control plane; the data plane takes any free one.</summary>
    /// <value>0 to 65535; 0: any free one. Default 8110.</value>
    public int Port { get; init; } = 8110;

    /// <summary>Nodes of the cluster to join, as <c>host:port</c>; name all seeds.</summary>
    /// <value>Default empty: this node is a seed, and the first of a new cluster.</value>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>Chunks that the node runs at a time, for all pools together.</summary>
    /// <value>
    /// 1 to 10,000. Default <see langword="null"/>: <c>actorpool.workers</c>, whose default is the processors that this process may use.
    /// </value>
    public int? Workers { get; init; }

    /// <summary>A directory of assemblies whose functions the node runs without having them shipped.</summary>
    /// <value>
    /// A directory that exists; default <see langword="null"/>: none. With <c>actorpool.cluster.code-shipping = off</c>, callers can call
    /// only what is in it and in this process's entry assembly.
    /// </value>
    public string? Functions { get; init; }

    /// <summary>Whether the process's entry assembly has functions for callers; that of Node.dll has none.</summary>
    internal bool HasFunctions { get; init; } = true;

    /// <inheritdoc cref="WorkerPoolOptions.LogTarget"/>
    internal LogTarget? LogTarget { get; init; }

    /// <summary>This process's previous node, which is outside of its cluster.</summary>
    /// <value>The new node uses the workers that the previous one leaves free.</value>
    internal PoolNode? Predecessor { get; init; }

    /// <summary>The protocol versions that the node speaks to pools.</summary>
    /// <value>Null: those of this build.</value>
    internal ProtocolVersions? Versions { get; init; }

    /// <summary>HOCON with <c>actorpool { … }</c> and <c>akka { … }</c> settings, laid over <c>reference.conf</c>.</summary>
    /// <value>
    /// Default <see langword="null"/>. Unknown keys, wrong types and values out of range are refused at the start, all of them in one
    /// message.
    /// </value>
    public string? Config { get; init; }

    /// <summary>The clock for leases and measured times.</summary>
    /// <value>Default <see cref="System.TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
