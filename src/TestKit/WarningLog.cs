using System.Globalization;
using ActorPool.Coordination;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.TestKit;

/// <summary>Keeps the last warnings and errors of an actor system.</summary>
internal sealed class WarningLog
{
    private const int MaxLines = 5;

    private readonly ActorSystem _system;
    private readonly IActorRef _subscriber;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];

    public WarningLog(ActorSystem system)
    {
        _system = system;
        _subscriber = new DelegateRef((ExtendedActorSystem)system, "pool-test-log", Add);
        system.EventStream.Subscribe(_subscriber, typeof(Warning));
        system.EventStream.Subscribe(_subscriber, typeof(Error));
    }

    public void Stop() => _system.EventStream.Unsubscribe(_subscriber);

    public IReadOnlyList<string> GetLast()
    {
        lock (_lock)
            return [.. _lines];
    }

    private void Add(object message)
    {
        if (message is not LogEvent line)
            return;
        var text = string.Create(CultureInfo.InvariantCulture, $"[{line.LogLevel()}] {line.Message}");
        lock (_lock)
        {
            _lines.Enqueue(text);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
        }
    }
}
