using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

// What operators did, and observers.
internal static partial class Log
{
    public static void JobCancelledByOperator(this ILoggingAdapter log, string job, string pool) => log.Write(
        WarningLevel, LogKinds.JobCancelledByOperator, "An operator has cancelled [{Job}] of the pool [{Pool}].", job, pool);

    public static void ItemsRetriedByOperator(this ILoggingAdapter log, int items, string job, string pool) => log.Write(
        WarningLevel, LogKinds.ItemsRetriedByOperator,
        "An operator runs [{Items}] failed items of [{Job}] of the pool [{Pool}] again.", items, job, pool);

    public static void ObserverCame(this ILoggingAdapter log, string observer) =>
        log.Write(DebugLevel, LogKinds.ObserverCame, "The observer [{Observer}] looks at this node.", observer);

    public static void ObserverWent(this ILoggingAdapter log, string observer, string reason) => log.Write(
        DebugLevel, LogKinds.ObserverWent, "The observer [{Observer}] no longer looks at this node: {Reason}.", observer, reason);

    public static void OperatorCommand(this ILoggingAdapter log, string asker, string command, string argument) => log.Write(
        WarningLevel, LogKinds.OperatorCommand, "The operator [{Operator}] orders: {Command} [{Argument}].", asker, command, argument);
}
