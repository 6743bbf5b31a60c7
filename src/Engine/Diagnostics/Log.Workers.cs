using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

// Workers of this process, and worker processes: category ActorPool.Workers.
internal static partial class Log
{
    public static void WorkerLost(this ILoggingAdapter log, int worker, string pool) => log.Write(
        WarningLevel, LogKinds.WorkerLost,
        "{Worker} was stopped while the pool [{Pool}] ran; it is replaced.", WorkerName.Format(worker), pool);

    /// <remarks>The caller gets the rest.</remarks>
    public static void WorkerFailed(this ILoggingAdapter log, string worker, string pool, Exception error)
    {
        log.Write(
            ErrorLevel, LogKinds.WorkerFailed,
            "The initializer or the state factory of {Worker} threw [{Error}]; the pool [{Pool}] takes no more work.",
            worker, GetTypeName(error), pool);
        log.Write(
            DebugLevel, LogKinds.WorkerFailed,
            "The initializer or the state factory of {Worker} of the pool [{Pool}] threw: {Details}", worker, pool, error);
    }

    public static void WorkerAbandoned(
        this ILoggingAdapter log, int worker, long item, string job, TimeSpan after, long count) => log.Write(
        WarningLevel, LogKinds.WorkerAbandoned,
        "{Worker} was abandoned and is replaced: item [{Item}] of [{Job}] did not return within [{After}] after it should have stopped. "
        + "It runs on; abandoned so far: {Count}. Only a worker process can be ended (WorkerPoolOptions.Isolation).",
        WorkerName.Format(worker), item, job, after, count);

    public static void DisposalFailed(this ILoggingAdapter log, int worker, Exception error)
    {
        log.Write(
            WarningLevel, LogKinds.DisposalFailed,
            "Disposing of the state of {Worker} threw [{Error}]; the DEBUG log has details.",
            WorkerName.Format(worker), GetTypeName(error));
        log.Write(
            DebugLevel, LogKinds.DisposalFailed, "Disposing of the state of {Worker} threw: {Details}", WorkerName.Format(worker), error);
    }

    public static void ProcessLost(this ILoggingAdapter log, string worker, string pool, string reason, int chunks) => log.Write(
        WarningLevel, LogKinds.ProcessLost,
        "{Worker} of the pool [{Pool}] is replaced: {Reason} Its [{Chunks}] chunks are dispatched again.", worker, pool, reason, chunks);

    public static void ProcessesFailed(this ILoggingAdapter log, string pool, string reason) => log.Write(
        ErrorLevel, LogKinds.ProcessesFailed,
        "No worker process of the pool [{Pool}] can be started, and it takes no more work: {Reason}", pool, reason);
}
