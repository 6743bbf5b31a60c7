using ActorPool.Configuration;
using ActorPool.Diagnostics;

namespace ActorPool;

/// <summary>Settings of one <see cref="PoolNode"/>; fixed once it has started.</summary>
/// <remarks>A setting given here wins over the same one in <see cref="Config"/>, and that over <c>reference.conf</c>.</remarks>
public sealed record PoolNodeOptions
{
    /// <summary>The address or name by which other processes know the node.</summary>
    /// <value>
    /// One address or DNS name, not a wildcard; default <c>127.0.0.1</c>. The certificate must be for it. One that is not of the loopback
    /// interface needs <c>actorpool.cluster.tls.certificates</c>: who can reach a node without TLS can run code on it.
    /// </value>
    /// <remarks>
    /// The node listens on it, or on the address that the name has here. <c>actorpool.cluster.bind</c> is for another one, such as
    /// <c>0.0.0.0</c> in a container; <c>public-port</c> and <c>public-data-port</c> beside it are for ports that are translated.
    /// </remarks>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port of the control plane, on which the node listens.</summary>
    /// <value>0 to 65535; 0: any free one. Default 8110.</value>
    /// <remarks>The data plane takes any free one, or that of <c>actorpool.cluster.data-port</c>.</remarks>
    public int Port { get; init; } = 8110;

    /// <summary>Nodes of the cluster to join, as <c>host:port</c>; name all seeds.</summary>
    /// <value>Default empty: this node is a seed, and the first of a new cluster.</value>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>Whether the node is one of several seeds, which <see cref="Join"/> lists.</summary>
    /// <value>
    /// Default <see langword="false"/>. With <see langword="true"/>, <see cref="Join"/> has the addresses of all seeds, this node's too, in
    /// the same order at each of them. Without a list there is one seed, whatever this is.
    /// </value>
    /// <remarks>
    /// A seed joins the cluster of another seed that answers. If none does within some seconds, the first of the list starts a new
    /// cluster; the others wait. So one seed may restart, or be gone, while another is there.
    /// </remarks>
    public bool IsSeed { get; init; }

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
