using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Writes Akka's errors to standard error before its loggers start and after they stop.</summary>
/// <remarks>
/// At those times Akka would write its log to standard output, which belongs to the program. akka.net#5246 (closed: it can be switched off,
/// not sent elsewhere). Remove when Akka's own logger for that time can write to standard error.
/// </remarks>
#pragma warning disable MA0097 // it compares like all of Akka's actor references
internal sealed class StartAndEndLogger : MinimalLogger
{
    protected override void Log(object message)
    {
        if (message is Error error && !AkkaLines.IsRedundant(error))
            Console.Error.WriteLine(StandardErrorLogger.FormatLine(error));
    }
}
