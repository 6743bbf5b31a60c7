using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Where an actor system of the engine sends its log instead of to standard error.</summary>
/// <param name="level">The least severe events that are wanted.</param>
/// <param name="write">
/// Gets each event, and how many of its kind were dropped since the last one. It is called for one event at a time, and must not throw.
/// </param>
internal sealed class LogTarget(LogLevel level, Action<LogEvent, int> write) : Setup
{
    private static readonly string s_logger = $"{typeof(TargetLogger).FullName}, {typeof(TargetLogger).Assembly.GetName().Name}";

    /// <summary>Makes the logger of a system one that writes to its target.</summary>
    /// <param name="own">The configuration of the system.</param>
    /// <param name="defaultLevel">The level of the engine's defaults. A caller's other one is kept.</param>
    public Config Configure(Config own, string defaultLevel)
    {
        var wanted = defaultLevel.Equals(own.GetString("akka.loglevel"), StringComparison.OrdinalIgnoreCase)
            ? $"\nakka.loglevel = {level.StringFor()}"
            : "";
        return ConfigurationFactory.ParseString($"akka.loggers = [\"{s_logger}\"]{wanted}").WithFallback(own);
    }

    public void Write(LogEvent e, int omitted) => write(e, omitted);
}
