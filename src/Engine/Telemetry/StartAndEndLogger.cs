using Akka.Event;

namespace ActorPool.Telemetry;

/// <summary>Gets Akka's log before its loggers have started and after they have stopped, when Akka would write it to standard output, which belongs to the program.</summary>
#pragma warning disable MA0097 // it compares as all of Akka's actor references do
internal sealed class StartAndEndLogger : MinimalLogger
{
    protected override void Log(object message)
    {
        if (message is Error error)
            Console.Error.WriteLine(StandardErrorLogger.LineOf(error));
    }
}
