using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Receives the log of an actor system, and drops lines that say nothing new.</summary>
/// <remarks>
/// Akka creates it from its type name. Akka's remoting logs each failed attempt to reach a lost node, and each refused stranger. Of such
/// events, one line of a kind is written in a minute, and no line that only repeats another.
/// </remarks>
internal abstract class EngineLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly LogFilterEvaluator _filter = Context.System.Settings.LogFilter;
    private readonly RepeatedLineFilter _repeated = new(TimeProvider.System);

    protected override void OnReceive(object message)
    {
        if (message is LogEvent e)
            OnEvent(e);
        else if (message is InitializeLogger)
            Sender.Tell(new LoggerInitialized());
    }

    /// <param name="e">The event.</param>
    /// <param name="omitted">How many events of its kind were dropped since the last one.</param>
    protected abstract void Write(LogEvent e, int omitted);

    private void OnEvent(LogEvent e)
    {
        if (_filter.ShouldTryKeepMessage(e, out _) && _repeated.ShouldWrite(e, IsJoining, out var omitted))
            Write(e, omitted);
    }

    /// <summary>Whether this is a node that no seed has admitted yet.</summary>
    private static bool IsJoining =>
        Context.System.HasExtension<Akka.Cluster.Cluster>() && Akka.Cluster.Cluster.Get(Context.System).State.Members.IsEmpty;
}
