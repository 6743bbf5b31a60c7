using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks;

/// <summary>Has what the contenders of all workloads share.</summary>
/// <remarks>One pool, one actor system of the Akka peers, the number of workers, and processes that start when they are needed.</remarks>
internal sealed class Arena : IAsyncDisposable
{
    public Arena(int workers)
    {
        Workers = workers;
        Pool = WorkerPool.Create(workers);
        Akka = new AkkaSystem(workers);
        ActorPool = new ActorPoolPeer(Pool);
        ActorPoolFresh = new ActorPoolFreshPeer(Pool);
        Sequential = new SequentialPeer();
        ParallelFor = new ParallelForPeer(workers);
        Partitioner = new PartitionerPeer(workers);
        Plinq = new PlinqPeer(workers);
        TaskPerItem = new TaskPerItemPeer();
        Channels = new ChannelsPeer(workers);
        Dataflow = new DataflowPeer(workers);
        AkkaChunks = new AkkaChunksPeer(Akka);
        AkkaItems = new AkkaItemsPeer(Akka);
        Cluster = new(() => NodeCluster.StartAsync(tls: false, workers));
        ClusterTls = new(() => NodeCluster.StartAsync(tls: true, workers));
        ClusterLocal = new(() => NodeCluster.StartLocalAsync(workers));
        TwoNodes = new(() => NodeCluster.StartAsync(tls: false, 1, 1));
        Nodes = new(() => NodeCluster.StartNodesAsync(tls: false, workers));
        Processes = new(() => Task.FromResult(CreateProcesses(workers)));
        RawUnix = new(RawConnection.UnixAsync);
        RawTcp = new(RawConnection.PlainAsync);
        RawTls = new(RawConnection.TlsAsync);
        AkkaRemote = new(() => AkkaRemotePeer.StartAsync(workers));
        Orleans = new(() => OrleansPeer.StartAsync(workers));
        Python = new(() => PythonPool.StartAsync(PythonPool.Pool, workers));
        PythonExecutor = new(() => PythonPool.StartAsync(PythonPool.Executor, workers));
        Mpi4py = new(() => PythonPool.StartAsync(PythonPool.Mpi, workers));
    }

    public int Workers { get; }
    public WorkerPool Pool { get; }
    public AkkaSystem Akka { get; }
    public IMapPeer ActorPool { get; }
    public IMapPeer ActorPoolFresh { get; }
    public IMapPeer Sequential { get; }
    public IMapPeer ParallelFor { get; }
    public IMapPeer Partitioner { get; }
    public IMapPeer Plinq { get; }
    public IMapPeer TaskPerItem { get; }
    public IMapPeer Channels { get; }
    public IMapPeer Dataflow { get; }
    public IMapPeer AkkaChunks { get; }
    public IMapPeer AkkaItems { get; }

    /// <summary>One node with all workers, and a pool over it; without TLS, like the peers.</summary>
    public OnDemand<NodeCluster> Cluster { get; }

    /// <summary>The same with TLS, which is the default between machines.</summary>
    public OnDemand<NodeCluster> ClusterTls { get; }

    /// <summary>The same over a Unix domain socket, which is the default on one machine.</summary>
    public OnDemand<NodeCluster> ClusterLocal { get; }

    /// <summary>Two nodes with one worker each, and a pool over them.</summary>
    public OnDemand<NodeCluster> TwoNodes { get; }

    /// <summary>One node with all workers, for pools of other processes.</summary>
    public OnDemand<NodeCluster> Nodes { get; }

    /// <summary>A pool whose workers are processes.</summary>
    public OnDemand<WorkerPool> Processes { get; }

    public OnDemand<RawConnection> RawUnix { get; }
    public OnDemand<RawConnection> RawTcp { get; }
    public OnDemand<RawConnection> RawTls { get; }
    public OnDemand<IRemotePeer> AkkaRemote { get; }
    public OnDemand<IRemotePeer> Orleans { get; }
    public OnDemand<PythonPool> Python { get; }
    public OnDemand<PythonPool> PythonExecutor { get; }
    public OnDemand<PythonPool> Mpi4py { get; }

    /// <summary>Peers with almost no cost for a single item.</summary>
    public IMapPeer[] RangePeers => [ActorPool, ActorPoolFresh, Sequential, ParallelFor, Partitioner, Plinq, AkkaChunks];

    /// <summary>Peers that suit items with some work.</summary>
    public IMapPeer[] WorkPeers => [ActorPool, Sequential, ParallelFor, Partitioner, Plinq, Channels, Dataflow, AkkaChunks];

    public static WorkerPool CreateProcesses(int workers) =>
        WorkerPool.Create(new WorkerPoolOptions { Workers = workers, Isolation = WorkerIsolation.Process });

    /// <summary>Ends the processes that a workload started, so that they do not disturb the next.</summary>
    public async Task EndProcessesAsync()
    {
        IAsyncDisposable[] started =
        [
            Cluster, ClusterTls, ClusterLocal, TwoNodes, Nodes, Processes, RawUnix, RawTcp, RawTls, AkkaRemote, Orleans, Python,
            PythonExecutor, Mpi4py,
        ];
        foreach (var peer in started)
            await peer.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndProcessesAsync();
        await Pool.DisposeAsync();
        await Akka.DisposeAsync();
    }
}
