using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Writes the log of an actor system to its <see cref="LogTarget"/>.</summary>
internal sealed class TargetLogger : EngineLogger
{
    private readonly LogTarget _target = Context.System.Settings.Setup.Get<LogTarget>().Value;

    protected override void Write(LogEvent e, int omitted) => _target.Write(e, omitted);
}
