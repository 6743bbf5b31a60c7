namespace ActorPool.Hosting;

/// <summary>Settings of one <see cref="PoolNode"/>; fixed once it has started.</summary>
/// <remarks>A setting given here wins over the same one in <see cref="Config"/>, and that over <c>reference.conf</c>.</remarks>
public sealed record PoolNodeOptions
{
    /// <summary>The address on which the node listens, and by which the others know it.</summary>
    /// <value>
    /// One address of this machine, not a name and not a wildcard; default <c>127.0.0.1</c>. One that is not of the loopback interface needs <c>actorpool.cluster.tls.certificates</c>: who can reach a
    /// node without TLS can run code on it.
    /// </value>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port of the control plane; the data plane takes any free one.</summary>
    /// <value>0 to 65535; 0: any free one. Default 8110.</value>
    public int Port { get; init; } = 8110;

    /// <summary>Nodes of the cluster to join, as <c>host:port</c>; name all seeds.</summary>
    /// <value>Default empty: this node is a seed, and the first of a cluster of its own.</value>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>Chunks that the node runs at a time, for all pools together.</summary>
    /// <value>1 to 10,000. Default <see langword="null"/>: <c>actorpool.workers</c>, which in turn means the processors that this process may use.</value>
    public int? Workers { get; init; }

    /// <summary>A directory of assemblies whose functions the node runs without having them shipped.</summary>
    /// <value>A directory that exists; default <see langword="null"/>: none. With <c>actorpool.cluster.code-shipping = off</c>, callers can call what is in it and in this process's entry assembly, and nothing else.</value>
    public string? Functions { get; init; }

    /// <summary>Whether the process's entry assembly has functions for callers; the Node's has none.</summary>
    internal bool HasFunctions { get; init; } = true;

    /// <summary>HOCON with <c>actorpool { … }</c> and <c>akka { … }</c> settings, laid over <c>reference.conf</c>.</summary>
    /// <value>Default <see langword="null"/>. Unknown keys, wrong types and impossible values are refused at the start, all of them in one message.</value>
    public string? Config { get; init; }

    /// <summary>The clock behind leases and measured times.</summary>
    /// <value>Default <see cref="System.TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
