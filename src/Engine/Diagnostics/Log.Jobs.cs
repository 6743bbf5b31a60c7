using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

// Jobs, and the functions that they run: category ActorPool.Jobs.
internal static partial class Log
{
    public static void JobStalled(this ILoggingAdapter log, string job, string pool, TimeSpan stalled, string progress) => log.Write(
        WarningLevel, LogKinds.JobStalled,
        "[{Job}] of the pool [{Pool}] has made no progress for [{Stalled}]: {Progress}", job, pool, stalled, progress);

    public static void FunctionDiffers(this ILoggingAdapter log, string warning) =>
        log.Write(WarningLevel, LogKinds.FunctionDiffers, "{Warning} (actorpool.cluster.lost-writes)", warning);

    public static void InputDisposalFailed(this ILoggingAdapter log, Exception error) => log.Log(
        WarningLevel, error,
        new EngineMessage(log.Formatter, LogKinds.InputDisposalFailed, "Disposing of a job's inputs threw after the job had ended."));

    public static void DroppedOutcome(this ILoggingAdapter log, string job, long index) => log.Write(
        DebugLevel, LogKinds.DroppedOutcome, "[{Job}] dropped a second outcome of the chunk at [{Item}].", job, index);
}
