using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

// The pool itself: category ActorPool.
internal static partial class Log
{
    public static void PoolForgotten(this ILoggingAdapter log, string pool) => log.Write(
        WarningLevel, LogKinds.PoolForgotten,
        "The pool [{Pool}] was collected without being disposed of, and ends now. Await DisposeAsync, or use await using.", pool);

    public static void CoordinatorBehind(
        this ILoggingAdapter log, string pool, TimeSpan delay, double chunksPerSecond, int workers, bool isCluster) => log.Write(
        WarningLevel, LogKinds.CoordinatorBehind,
        "The coordinator of the pool [{Pool}] is [{Delay} ms] behind: it hands out [{Chunks}] chunks a second, and its [{Workers}] "
        + "workers wait for it. Make chunks longer (JobOptions.ChunkSize or {Key}), or share the work among several pools.",
        pool, Round(delay.TotalMilliseconds), Round(chunksPerSecond), workers,
        isCluster ? "actorpool.cluster.chunk-target" : "actorpool.chunk.target");
}
