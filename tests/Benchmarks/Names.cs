namespace ActorPool.Benchmarks;

/// <summary>Names of the contenders in tables and goals.</summary>
internal static class Names
{
    public const string ActorPool = "ActorPool";
    public const string ActorPoolTls = "ActorPool, TLS";
    public const string ActorPoolSocket = "ActorPool, socket";
    public const string ActorPoolProcesses = "ActorPool, processes";
    public const string ActorPoolFresh = "ActorPool, fresh array";
    public const string Sequential = "sequential";
    public const string ParallelFor = "Parallel.For";
    public const string Partitioner = "Parallel.ForEach(Partitioner)";
    public const string Plinq = "PLINQ ordered";
    public const string TaskRun = "Task.Run";
    public const string TaskPerItem = "Task.Run an item";
    public const string Channels = "Channels, one item each";
    public const string ForEachAsync = "Parallel.ForEachAsync";
    public const string AsyncChannels = "Channels, a reader a worker";
    public const string Dataflow = "Dataflow TransformBlock";
    public const string AkkaChunks = "Akka router, chunks";
    public const string AkkaItems = "Akka router, an Ask an item";
    public const string AkkaAsk = "Akka, one plain Ask";
    public const string RawTcp = "raw TCP";
    public const string RawTcpWork = "raw TCP, doing the work";
    public const string RawUnix = "raw Unix socket";
    public const string RawUnixWork = "raw Unix socket, doing the work";
    public const string RawTls = "bare SslStream";
    public const string AkkaRemote = "Akka.Remote, raw serializer";
    public const string Orleans = "Orleans";
    public const string PythonPool = "Python Pool";
    public const string PythonExecutor = "Python ProcessPoolExecutor";
    public const string Mpi4py = "mpi4py MPIPoolExecutor";
    public const string PythonImap = "Python Pool.imap";
}
