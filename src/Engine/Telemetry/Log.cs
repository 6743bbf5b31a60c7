using Akka.Event;
using ActorPool.Workers;

namespace ActorPool.Telemetry;

/// <summary>Everything that the engine logs. Inputs, results and captured values never appear.</summary>
internal static class Log
{
    public static void WorkerLost(this ILoggingAdapter log, int worker, string pool) =>
        log.Warning("{0} was stopped while the pool [{1}] ran; it is replaced.", WorkerIdentity.NameOf(worker), pool);

    public static void WorkerFailed(this ILoggingAdapter log, int worker, string pool, Exception error) =>
        log.Error(error, "The initializer or the state factory of {0} threw; the pool [{1}] takes no more work.", WorkerIdentity.NameOf(worker), pool);

    public static void WorkerAbandoned(this ILoggingAdapter log, int worker, long item, string job, TimeSpan after, long count) =>
        log.Warning("{0} was abandoned and is replaced: item [{1}] of [{2}] did not come back within [{3}] after it should have stopped. Its thread runs on; abandoned so far: {4}.",
            WorkerIdentity.NameOf(worker), item, job, after, count);

    public static void DisposalFailed(this ILoggingAdapter log, int worker, Exception error) =>
        log.Warning(error, "Disposing of the state of {0} threw.", WorkerIdentity.NameOf(worker));

    public static void InputDisposalFailed(this ILoggingAdapter log, Exception error) =>
        log.Warning(error, "Disposing of a job's inputs threw after the job had ended.");

    public static void DroppedOutcome(this ILoggingAdapter log, string job, long index) =>
        log.Debug("[{0}] dropped a second outcome of the chunk at [{1}].", job, index);
}
