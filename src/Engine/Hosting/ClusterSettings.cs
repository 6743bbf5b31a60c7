namespace ActorPool.Hosting;

/// <summary>The settings of <c>actorpool.cluster</c> and <c>actorpool.payload</c>; <c>reference.conf</c> says what each of them means.</summary>
internal sealed record ClusterSettings
{
    /// <summary>A node has to take what any client may be set to.</summary>
    public const int MostPrefetch = 100;

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

    /// <summary>A directory of certificates; null for the development certificate.</summary>
    public required string? Certificates { get; init; }

    /// <summary>The address that a pool calls from; null for the one that the system chooses.</summary>
    public required string? Host { get; init; }

    public required int MaxSessions { get; init; }

    public required bool CodeShipping { get; init; }

    public required long MaxModuleBytes { get; init; }

    public required long CodeCacheBytes { get; init; }

    /// <summary>Null for the user's own cache directory.</summary>
    public required string? CodeCache { get; init; }

    public required long MaxFrameBytes { get; init; }

    public required long MaxItemBytes { get; init; }

    public required int MaxDepth { get; init; }

    public static ClusterSettings Read(HoconSection section) => new()
    {
        ChunkTarget = section.Duration("cluster.chunk-target", "0.1ms", "1m"),
        ChunkBytes = section.Bytes("cluster.chunk-bytes", "1KiB", "1GiB"),
        Prefetch = section.Whole("cluster.prefetch", 0, MostPrefetch),
        ConnectTimeout = section.Duration("cluster.connect-timeout", "100ms", "1d"),
        LeaseInterval = section.Duration("cluster.lease-interval", "50ms", "1m"),
        LeaseTimeout = section.Duration("cluster.lease-timeout", "200ms", "1h"),
        NoWorkersTimeout = section.Duration("cluster.no-workers-timeout", "0ms", "1d"),
        DrainTimeout = section.Duration("cluster.drain-timeout", "0ms", "1d"),
        DownAfter = section.Duration("cluster.down-after", "1s", "1d"),
        Tls = section.OnOff("cluster.tls.enabled"),
        Certificates = section.Text("cluster.tls.certificates") is var certificates and not "auto" ? certificates : null,
        Host = section.Text("cluster.host") is var host and not "auto" ? host : null,
        MaxSessions = section.Whole("cluster.max-sessions", 1, 100_000),
        CodeShipping = section.OnOff("cluster.code-shipping"),
        MaxModuleBytes = section.Bytes("cluster.max-module-bytes", "1KiB", "1GiB"),
        CodeCacheBytes = section.Bytes("cluster.code-cache-bytes", "0B", "1000GiB"),
        CodeCache = section.Text("cluster.code-cache") is var directory and not "auto" ? directory : null,
        MaxFrameBytes = section.Bytes("cluster.max-frame-bytes", "1KiB", "1000GiB"),
        MaxItemBytes = section.Bytes("payload.max-item-bytes", "1KiB", "1000GiB"),
        MaxDepth = section.Whole("payload.max-depth", 1, 1000),
    };
}
