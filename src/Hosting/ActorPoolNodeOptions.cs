namespace ActorPool.Hosting;

/// <summary>Settings of the node that a host runs; fixed once the host has started.</summary>
/// <remarks>
/// The section <c>ActorPool:Node</c> of the host's configuration fills them. In it, each property but <see cref="TimeProvider"/> is a key,
/// and so is each setting of <c>reference.conf</c>: <c>actorpool.cluster.drain-timeout</c> is
/// <c>ActorPool:Node:Cluster:DrainTimeout</c>. Code wins over these keys, and they win over <see cref="Config"/>.
/// </remarks>
public sealed class ActorPoolNodeOptions
{
    /// <summary>The address on which the node listens, and by which other processes know it.</summary>
    /// <value>Default <c>127.0.0.1</c>. See <see cref="PoolNodeOptions.Host"/>.</value>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port of the control plane; the data plane takes any free one.</summary>
    /// <value>0 to 65535; 0: any free one. Default 8110.</value>
    public int Port { get; set; } = 8110;

    /// <summary>Nodes of the cluster to join, as <c>host:port</c>; name all seeds.</summary>
    /// <value>Default empty: this node is a seed. In the configuration: a list, or a text with commas.</value>
    public IList<string> Join { get; } = [];

    /// <summary>Chunks that the node runs at a time, for all pools together.</summary>
    /// <value>1 to 10,000. Default <see langword="null"/>: the processors that this process may use.</value>
    public int? Workers { get; set; }

    /// <summary>A directory of assemblies whose functions the node runs without having them shipped.</summary>
    /// <value>A directory that exists; default <see langword="null"/>: none.</value>
    public string? Functions { get; set; }

    /// <summary>HOCON with <c>actorpool { … }</c> and <c>akka { … }</c> settings, laid over <c>reference.conf</c>.</summary>
    /// <value>Default <see langword="null"/>. See <see cref="PoolNodeOptions.Config"/>.</value>
    public string? Config { get; set; }

    /// <summary>The clock for leases and measured times.</summary>
    /// <value>Default <see cref="System.TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>What the configuration's section has besides.</summary>
    internal Configuration.SectionSettings Section { get; set; } = Configuration.SectionSettings.None;
}
