using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks;

/// <summary>What the contenders of all workloads share: one pool, one actor system of the Akka peers, and the number of workers.</summary>
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

    /// <summary>Those that pay next to nothing for a single item.</summary>
    public IMapPeer[] RangePeers => [ActorPool, ActorPoolFresh, Sequential, ParallelFor, Partitioner, Plinq, AkkaChunks];

    /// <summary>Those that suit items of some work.</summary>
    public IMapPeer[] WorkPeers => [ActorPool, Sequential, ParallelFor, Partitioner, Plinq, Channels, Dataflow, AkkaChunks];

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        await Akka.DisposeAsync();
    }
}
