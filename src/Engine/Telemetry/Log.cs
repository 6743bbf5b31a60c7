using Akka.Event;
using ActorPool.Workers;

namespace ActorPool.Telemetry;

/// <summary>Everything that the engine logs. Inputs, results and captured values never appear, and what the user's own exceptions say of them only at DEBUG.</summary>
internal static class Log
{
    public static void WorkerLost(this ILoggingAdapter log, int worker, string pool) =>
        log.Warning("{0} was stopped while the pool [{1}] ran; it is replaced.", WorkerIdentity.NameOf(worker), pool);

    /// <summary>The caller is told the rest.</summary>
    public static void WorkerFailed(this ILoggingAdapter log, string worker, string pool, Exception error)
    {
        log.Error("The initializer or the state factory of {0} threw [{1}]; the pool [{2}] takes no more work.", worker, TypeOf(error), pool);
        log.Debug("What {0} of the pool [{1}] threw: {2}", worker, pool, error);
    }

    public static void NodeJoined(this ILoggingAdapter log, string address, int workers, string pool) =>
        log.Info("The node [{0}] brings [{1}] workers to the pool [{2}].", address, workers, pool);

    public static void NodeLost(this ILoggingAdapter log, string address, string reason, int chunks, string pool) =>
        log.Warning("The node [{0}] is lost to the pool [{3}]: {1} Its [{2}] chunks are dealt again.", address, reason, chunks, pool);

    public static void JobStalled(this ILoggingAdapter log, string job, string pool, TimeSpan stalled, string standing) =>
        log.Warning("[{0}] of the pool [{1}] has made no progress for [{2}]: {3}", job, pool, stalled, standing);

    public static void WorkerAbandoned(this ILoggingAdapter log, int worker, long item, string job, TimeSpan after, long count) =>
        log.Warning("{0} was abandoned and is replaced: item [{1}] of [{2}] did not come back within [{3}] after it should have stopped. Its thread runs on; abandoned so far: {4}.",
            WorkerIdentity.NameOf(worker), item, job, after, count);

    public static void SessionStarted(this ILoggingAdapter log, string pool) =>
        log.Info("The pool [{0}] uses this node.", pool);

    public static void FunctionsGoOn(this ILoggingAdapter log, string pool) =>
        log.Warning("The pool [{0}] has ended, and functions of it do not: they ignore their cancellation token, and keep their threads until they return.", pool);

    public static void SessionEnded(this ILoggingAdapter log, string pool, string reason) =>
        log.Info("The pool [{0}] uses this node no more: {1}.", pool, reason);

    public static void DataConnectionFailed(this ILoggingAdapter log, string pool, Exception error) =>
        log.Warning("The data connection of the pool [{0}] failed: {1}", pool, SafeText.MessageOf(error));

    public static void HandshakesRefused(this ILoggingAdapter log, string which, string reason, int more) =>
        log.Warning("A connection {0} was refused: {1}{2}", which, reason, more == 0 ? "" : $" {more} more from there since the last such line.");

    public static void MessageRefused(this ILoggingAdapter log, int serializer) =>
        log.Warning(StandardErrorLogger.RefusedMessage + " with serializer id [{0}]. Messages of this kind are refused.", serializer);

    public static void DrainTimedOut(this ILoggingAdapter log, int chunks, TimeSpan limit) =>
        log.Warning("[{0}] chunks still run after the drain timeout of [{1}]; their pools deal them to other nodes.", chunks, limit);

    public static void MemberDowned(this ILoggingAdapter log, string address, TimeSpan after) =>
        log.Warning("The node [{0}] was unreachable for [{1}] and is removed from the cluster.", address, after);

    public static void SeedSilent(this ILoggingAdapter log, string address, string reason) =>
        log.Warning("The seed [{0}] does not answer: {1}.", address, reason);

    public static void NodeRefused(this ILoggingAdapter log, string address, string reason) =>
        log.Warning("The node [{0}] does not take part: {1}.", address, reason);

    public static void DisposalFailed(this ILoggingAdapter log, int worker, Exception error)
    {
        log.Warning("Disposing of the state of {0} threw [{1}]; at DEBUG, the log has all of it.", WorkerIdentity.NameOf(worker), TypeOf(error));
        log.Debug("What disposing of the state of {0} threw: {1}", WorkerIdentity.NameOf(worker), error);
    }

    public static void InputDisposalFailed(this ILoggingAdapter log, Exception error) =>
        log.Warning(error, "Disposing of a job's inputs threw after the job had ended.");

    public static void DroppedOutcome(this ILoggingAdapter log, string job, long index) =>
        log.Debug("[{0}] dropped a second outcome of the chunk at [{1}].", job, index);

    private static string TypeOf(Exception error) => error is RemoteException remote ? remote.TypeName : error.GetType().ToString();
}
