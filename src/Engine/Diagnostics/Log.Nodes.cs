using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

// The nodes of a pool, as the pool sees them: category ActorPool.Nodes.
internal static partial class Log
{
    public static void NodeJoined(this ILoggingAdapter log, string address, int workers, string pool) => log.Write(
        InfoLevel, LogKinds.NodeJoined, "The node [{Node}] adds [{Workers}] workers to the pool [{Pool}].", address, workers, pool);

    public static void NodeLost(this ILoggingAdapter log, string address, string reason, int chunks, string pool) => log.Write(
        WarningLevel, LogKinds.NodeLost,
        "The node [{Node}] is lost to the pool [{Pool}]: {Reason} Its [{Chunks}] chunks are dispatched again.",
        address, pool, reason, chunks);

    /// <remarks>At DEBUG for what had not started, since that costs nothing.</remarks>
    public static void NodeHandedBack(
        this ILoggingAdapter log, string job, long first, int items, string node, string pool, bool hasStarted) => log.Write(
        hasStarted ? InfoLevel : DebugLevel, LogKinds.NodeHandedBack,
        "The node [{Node}] leaves and hands back {Items} of [{Job}] of the pool [{Pool}]{Started}. "
        + "This does not count as a loss for any item.",
        node, ItemSpan.Format(first, items), job, pool, hasStarted ? ", which it may have started" : "");

    public static void NodeDiffers(this ILoggingAdapter log, string address, string pool, string differences) => log.Write(
        WarningLevel, LogKinds.NodeDiffers,
        "On the node [{Node}], functions of the pool [{Pool}] may return something else than in this process. {Differences}",
        address, pool, differences);

    public static void NodeRefused(this ILoggingAdapter log, string address, string reason) =>
        log.Write(WarningLevel, LogKinds.NodeRefused, "The node [{Node}] does not take part: {Reason}.", address, reason);

    /// <remarks>The callers get the same.</remarks>
    public static void PoolRefused(this ILoggingAdapter log, string address, string pool, string reason) => log.Write(
        ErrorLevel, LogKinds.PoolRefused,
        "The node [{Node}] refuses the pool [{Pool}], which takes no more work: {Reason}", address, pool, reason);

    public static void ClusterSilent(this ILoggingAdapter log, string pool, TimeSpan after, string attempts) => log.Write(
        WarningLevel, LogKinds.ClusterSilent,
        "The pool [{Pool}] has no node after [{After}] and continues to try; its jobs wait. {Attempts} "
        + "Start a node there with: dotnet Node.dll --seed",
        pool, after, attempts);

    public static void UsesLocalSocket(this ILoggingAdapter log, string pool, string address, string path) => log.Write(
        DebugLevel, LogKinds.UsesLocalSocket,
        "The pool [{Pool}] reaches the node [{Node}] through the socket [{Path}].", pool, address, path);

    public static void UsesNoLocalSocket(this ILoggingAdapter log, string pool, string address, string reason) => log.Write(
        DebugLevel, LogKinds.UsesNoLocalSocket,
        "The pool [{Pool}] reaches the node [{Node}] over TCP, and not through the socket that it offers: {Reason}",
        pool, address, reason);

    public static void JobsWaitForNodes(this ILoggingAdapter log, string pool, int jobs, TimeSpan limit) => log.Write(
        WarningLevel, LogKinds.JobsWaitForNodes,
        "The pool [{Pool}] has no nodes, and [{Jobs}] jobs wait for some. They fail after [{Limit}] "
        + "(actorpool.cluster.no-workers-timeout).",
        pool, jobs, limit);

    public static void JobsGoOn(this ILoggingAdapter log, string pool, string address) => log.Write(
        InfoLevel, LogKinds.JobsGoOn, "The jobs of the pool [{Pool}] go on: it has the node [{Node}].", pool, address);

    public static void SeedRenamed(this ILoggingAdapter log, string called, string actual) => log.Write(
        InfoLevel, LogKinds.SeedRenamed,
        "The node at [{Called}] has the address [{Node}], which is used from now on.", called, actual);

    public static void DataPortUnreachable(this ILoggingAdapter log, string address, string pool, string reason) => log.Write(
        WarningLevel, LogKinds.DataPortUnreachable,
        "The node answers, but its data port [{Address}] cannot be reached by the pool [{Pool}]: {Reason} Open that port for the pool; "
        + "actorpool.cluster.data-port (--data-port) of the node fixes its number.",
        address, pool, reason);
}
