using Akka.Event;

namespace ActorPool.Tests.Support;

/// <summary>Keeps what the engine logs, at WARNING and above.</summary>
internal sealed class ListAdapter() : LoggingAdapterBase(SemanticLogMessageFormatter.Instance)
{
    public List<string> Lines { get; } = [];

    public override bool IsDebugEnabled => false;

    public override bool IsInfoEnabled => false;

    public override bool IsWarningEnabled => true;

    public override bool IsErrorEnabled => true;

    protected override void NotifyLog(LogLevel logLevel, object message, Exception? cause = null) => Lines.Add($"{message}");
}
