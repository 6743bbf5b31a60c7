using System.Net;

namespace ActorPool.Configuration;

/// <summary>The settings of <c>actorpool.cluster</c> and <c>actorpool.payload</c>.</summary>
/// <remarks><c>reference.conf</c> explains each of them.</remarks>
internal sealed record ClusterSettings
{
    /// <summary>The limit of prefetch: a node accepts as many chunks as any client may send.</summary>
    public const int MaxPrefetch = 100;

    public required TimeSpan ChunkTarget { get; init; }

    public required long ChunkBytes { get; init; }

    public required int Prefetch { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required TimeSpan LeaseInterval { get; init; }

    public required TimeSpan LeaseTimeout { get; init; }

    public required TimeSpan NoWorkersTimeout { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    public required TimeSpan DownAfter { get; init; }

    /// <summary>Whether both planes use mutual TLS.</summary>
    public required bool Tls { get; init; }

    /// <summary>The directory of the certificates; null for the development certificate.</summary>
    public required string? Certificates { get; init; }

    /// <summary>The address from which a pool calls; null for the one that the system chooses.</summary>
    public required string? Host { get; init; }

    /// <summary>The address on which a node listens; null for that by which others know it.</summary>
    public required IPAddress? Bind { get; init; }

    /// <summary>The port on which a node's data plane listens; 0: any free one.</summary>
    public required int DataPort { get; init; }

    /// <summary>The port of the control plane for others, where it is translated.</summary>
    /// <value>0: the one on which the node listens.</value>
    public required int PublicPort { get; init; }

    /// <summary>The same for the data plane.</summary>
    /// <value>0: the one on which it listens.</value>
    public required int PublicDataPort { get; init; }

    /// <summary>Whether nodes and pools of one user on one machine use a Unix domain socket.</summary>
    public required bool LocalSocket { get; init; }

    /// <summary>Where <c>Node.dll</c> serves its state and metrics over HTTP; null for nowhere.</summary>
    public IPEndPoint? Http { get; init; }

    public required int MaxSessions { get; init; }

    public required bool CodeShipping { get; init; }

    public required long MaxModuleBytes { get; init; }

    public required long CodeCacheBytes { get; init; }

    /// <summary>The directory of shipped assemblies; null for the default in the user's cache directory.</summary>
    public required string? CodeCache { get; init; }

    public required long MaxFrameBytes { get; init; }

    public required LostWriteMode LostWrites { get; init; }

    public required long MaxItemBytes { get; init; }

    public required int MaxDepth { get; init; }

    public static ClusterSettings Read(HoconSection section) => new()
    {
        ChunkTarget = section.ReadDuration("cluster.chunk-target", "0.1ms", "1m"),
        ChunkBytes = section.ReadBytes("cluster.chunk-bytes", "1KiB", "1GiB"),
        Prefetch = section.ReadInt32("cluster.prefetch", 0, MaxPrefetch),
        ConnectTimeout = section.ReadDuration("cluster.connect-timeout", "100ms", "1d"),
        LeaseInterval = section.ReadDuration("cluster.lease-interval", "50ms", "1m"),
        LeaseTimeout = section.ReadDuration("cluster.lease-timeout", "200ms", "1h"),
        NoWorkersTimeout = section.ReadDuration("cluster.no-workers-timeout", "0ms", "1d"),
        DrainTimeout = section.ReadDuration("cluster.drain-timeout", "0ms", "1d"),
        DownAfter = section.ReadDuration("cluster.down-after", "1s", "1d"),
        Tls = section.ReadOnOff("cluster.tls.enabled"),
        Certificates = section.ReadText("cluster.tls.certificates") is var certificates and not "auto" ? certificates : null,
        Host = section.ReadText("cluster.host") is var host and not "auto" ? host : null,
        Bind = section.ReadIPAddressOr("cluster.bind", "auto"),
        DataPort = section.ReadInt32("cluster.data-port", 0, IPEndPoint.MaxPort),
        PublicPort = section.ReadInt32("cluster.public-port", 0, IPEndPoint.MaxPort),
        PublicDataPort = section.ReadInt32("cluster.public-data-port", 0, IPEndPoint.MaxPort),
        LocalSocket = section.ReadOnOff("cluster.local-socket"),
        Http = section.ReadListenAddressOr("cluster.http", "off"),
        MaxSessions = section.ReadInt32("cluster.max-sessions", 1, 100_000),
        CodeShipping = section.ReadOnOff("cluster.code-shipping"),
        MaxModuleBytes = section.ReadBytes("cluster.max-module-bytes", "1KiB", "1GiB"),
        CodeCacheBytes = section.ReadBytes("cluster.code-cache-bytes", "0B", "1000GiB"),
        CodeCache = section.ReadText("cluster.code-cache") is var directory and not "auto" ? directory : null,
        MaxFrameBytes = section.ReadBytes("cluster.max-frame-bytes", "1KiB", "1000GiB"),
        LostWrites = section.ReadWord(
            "cluster.lost-writes", ("warn", LostWriteMode.Warn), ("refuse", LostWriteMode.Refuse), ("ignore", LostWriteMode.Ignore)),
        MaxItemBytes = section.ReadBytes("payload.max-item-bytes", "1KiB", "1000GiB"),
        MaxDepth = section.ReadInt32("payload.max-depth", 1, 1000),
    };
}
