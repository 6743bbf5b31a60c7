using ActorPool.Configuration;
using Akka.Configuration;

namespace ActorPool.Child;

/// <summary>Makes the settings of the pool in a worker process, without reading HOCON.</summary>
/// <remarks>
/// Reading and checking all settings takes some 130 ms in a fresh process, and this some 10. The parent has read them, and a worker process
/// has no use for most: these are the defaults.
/// </remarks>
internal static class ChildSettings
{
    /// <param name="options">The worker, from the parent.</param>
    /// <param name="child">What the parent decided for the process.</param>
    public static PoolSettings Create(WorkerPoolOptions options, ChildHostOptions child) => new()
    {
        Name = options.Name ?? "worker-process",
        Workers = 1,
        Initializer = options.Initializer,
        WorkerState = options.WorkerState,
        LoadContext = options.LoadContext,
        FunctionLog = options.FunctionLog,
        ServedPool = options.ServedPool,
        MaxTasksPerWorker = null, // the parent counts
        MaxMemoryPerWorker = child.MaxMemoryBytes,
        TimeProvider = child.TimeProvider,
        Config = new Config(),
        ChunkTarget = TimeSpan.FromMilliseconds(2),
        StreamMaxWindow = 262_144,
        ProgressInterval = TimeSpan.FromMilliseconds(100),
        AbandonAfter = child.AbandonAfter,
        RetryWhenTimeout = TimeSpan.FromMinutes(1), // the parent watches it
        ShutdownTimeout = TimeSpan.FromSeconds(2),
        WorkerLosses = 3,
        NestedWorkers = 256,
        ReportAfter = TimeSpan.FromMinutes(1),
        FailAfter = TimeSpan.FromDays(1),
        Cluster = CreateCluster(child),
    };

    private static ClusterSettings CreateCluster(ChildHostOptions child) => new()
    {
        ChunkTarget = TimeSpan.FromMilliseconds(20),
        ChunkBytes = 4L << 20,
        Prefetch = 2,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        LeaseInterval = TimeSpan.FromMilliseconds(500),
        LeaseTimeout = TimeSpan.FromSeconds(5),
        NoWorkersTimeout = TimeSpan.FromMinutes(1),
        DrainTimeout = TimeSpan.FromSeconds(20),
        DownAfter = TimeSpan.FromSeconds(30),
        Tls = true,
        Certificates = null,
        Host = null,
        Bind = null,
        DataPort = 0,
        PublicPort = 0,
        PublicDataPort = 0,
        LocalSocket = true,
        MaxSessions = 1000,
        CodeShipping = child.Code.AllowShipping,
        MaxModuleBytes = child.Code.MaxModuleBytes,
        CodeCacheBytes = 1L << 30,
        CodeCache = null,
        MaxFrameBytes = 2L << 30,
        LostWrites = LostWriteMode.Warn,
        MaxItemBytes = child.Code.Limits.MaxItemBytes,
        MaxDepth = child.Code.Limits.MaxDepth,
    };
}
