namespace ActorPool.Hosting;

/// <summary>Settings of a pool that a host runs; fixed once the pool has started.</summary>
/// <remarks>
/// The host's configuration fills them: the section <c>ActorPool</c> for the pool without a name, <c>ActorPool:Pools:NAME</c> for one with
/// a name. In that section each property but <see cref="Initializer"/>, <see cref="WorkerState"/>, <see cref="Converters"/> and
/// <see cref="TimeProvider"/> is a key, and so is each setting of <c>reference.conf</c>: <c>actorpool.cluster.lease-timeout</c> is
/// <c>ActorPool:Cluster:LeaseTimeout</c>. Code wins over these keys, and they win over <see cref="Config"/>. All faults are reported when
/// the host starts, in one message for each pool, with key and value.
/// </remarks>
public sealed class ActorPoolOptions
{
    /// <summary>Nodes of a cluster, as <c>host:port</c>, separated by commas.</summary>
    /// <value>
    /// Default <see langword="null"/>: a pool of this process. With nodes, the pool connects in the background for as long as it takes:
    /// the host starts without a cluster, and jobs wait for the first node up to <c>actorpool.cluster.no-workers-timeout</c>. In the
    /// configuration it may also be a list.
    /// </value>
    public string? Connect { get; set; }

    /// <summary>Nodes with which the pool is healthy; with fewer it is degraded.</summary>
    /// <value>1 or more, and only with <see cref="Connect"/>. Default <see langword="null"/>: 1.</value>
    public int? ExpectedNodes { get; set; }

    /// <summary>Workers of this process, each of which runs one item at a time.</summary>
    /// <value>
    /// 1 to 10,000. Default <see langword="null"/>: the processors that this process may use, or none if the pool has
    /// <see cref="Connect"/>.
    /// </value>
    public int? Workers { get; set; }

    /// <summary>Whether workers are processes of their own.</summary>
    /// <value>Default <see langword="null"/>: no. See <see cref="WorkerPoolOptions.Isolation"/>.</value>
    public WorkerIsolation? Isolation { get; set; }

    /// <summary>The most memory that a worker process may use, in bytes.</summary>
    /// <value>64 MiB or more; default <see langword="null"/>: no limit. Only with <see cref="WorkerIsolation.Process"/>.</value>
    public long? MaxMemoryPerWorker { get; set; }

    /// <summary>Items after which a worker is replaced by a new one.</summary>
    /// <value>1 or more; default <see langword="null"/>: never.</value>
    public int? MaxTasksPerWorker { get; set; }

    /// <summary>Whether lines that worker processes write go to the program's own standard output and error.</summary>
    /// <value>Default <see langword="null"/>: no, they go to the host's log, with the category <c>ActorPool.Output</c>.</value>
    public bool? ForwardOutput { get; set; }

    /// <summary>Runs on each worker before its first item.</summary>
    /// <value>Default <see langword="null"/>. See <see cref="WorkerPoolOptions.Initializer"/>.</value>
    public Action? Initializer { get; set; }

    /// <summary>Creates the state that a worker keeps from item to item.</summary>
    /// <value>Default <see langword="null"/>. See <see cref="WorkerPoolOptions.WorkerState"/>.</value>
    public Func<object>? WorkerState { get; set; }

    /// <summary>Converters for values that the engine itself cannot send between processes.</summary>
    /// <value>Default empty. See <see cref="WorkerPoolOptions.Converters"/>.</value>
    public IList<PayloadConverter> Converters { get; } = [];

    /// <summary>Whether a pool of this process runs in the actor system that the host has.</summary>
    /// <value>
    /// Default true: if an <see cref="Akka.Actor.ActorSystem"/> is registered as a service, as Akka.Hosting does, the pool runs in it, and
    /// logs where that system logs. A pool with <see cref="Connect"/> always has its own.
    /// </value>
    public bool UseHostActorSystem { get; set; } = true;

    /// <summary>HOCON with <c>actorpool { … }</c> and <c>akka { … }</c> settings, laid over <c>reference.conf</c>.</summary>
    /// <value>Default <see langword="null"/>. See <see cref="WorkerPoolOptions.Config"/>.</value>
    public string? Config { get; set; }

    /// <summary>The clock for timeouts, rates and adaptive chunks.</summary>
    /// <value>Default <see cref="System.TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>What the configuration's section has besides.</summary>
    internal Configuration.SectionSettings Section { get; set; } = Configuration.SectionSettings.None;
}
