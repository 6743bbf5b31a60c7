using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorPool.Telemetry;

/// <summary>Writes Akka's log to standard error, one line an event. Akka makes it from its type name.</summary>
internal sealed class StandardErrorLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public StandardErrorLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(e => Console.Error.WriteLine(LineOf(e)));
    }

    /// <summary>An exception's lines in one, so that a line of the log is an event, whatever a message holds.</summary>
    public static string LineOf(LogEvent e) => e.ToString().TrimEnd().ReplaceLineEndings(" | ");
}
