using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

// What functions log and write: category ActorPool.Output.
internal static partial class Log
{
    /// <remarks>What functions log and write is the program's own text.</remarks>
    public static void FunctionWrote(this ILoggingAdapter log, LogLevel level, FunctionLine line)
    {
        var error = line.Exception?.ToString() ?? line.Error;
        log.Write(
            level, LogKinds.FunctionWrote, "{Origin}{Verb}: {Line}{Error}",
            line.Origin, line.Kind == LineKind.Logged ? "" : " wrote", line.Text, error is null ? "" : $"{Environment.NewLine}{error}");
    }

    public static void FunctionsLoggedMore(this ILoggingAdapter log, string pool, long lines) => log.Write(
        WarningLevel, LogKinds.FunctionsLoggedMore,
        "Functions of the pool [{Pool}] logged [{Lines}] lines more, faster than the [{Limit}] a second that are taken.",
        pool, lines, PoolLog.PerSecond);

    public static void FunctionLoggerFailed(this ILoggingAdapter log, string pool, Exception error) => log.Log(
        ErrorLevel, error,
        new EngineMessage(
            log.Formatter, LogKinds.FunctionLoggerFailed,
            "WorkerPoolOptions.FunctionLogger of the pool [{Pool}] threw; the line of its function is lost.", pool));
}
