using ActorPool.Diagnostics;
using ActorPool.Insights;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Keeps the last lines of a node's log for observers.</summary>
/// <remarks>Any thread may read; <see cref="RecentLinesActor"/> writes.</remarks>
internal sealed class RecentLines
{
    private const int MaxLines = 500;
    private const int MaxChars = 2000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLineReport> _lines = [];
    private long _last;

    /// <summary>The address of the node.</summary>
    public string Node { get; set; } = "";

    public void Add(LogEvent line)
    {
        var level = line.LogLevel() switch
        {
            LogLevel.DebugLevel => "debug",
            LogLevel.InfoLevel => "info",
            LogLevel.WarningLevel => "warning",
            _ => "error",
        };
        var text = SafeText.Read(nameof(LogEvent.Message), () => line.Message.ToString()) ?? "";
        var time = new DateTimeOffset(DateTime.SpecifyKind(line.Timestamp, DateTimeKind.Utc));
        lock (_lock)
        {
            if (_lines.Count == MaxLines)
                _lines.Dequeue();
            _lines.Enqueue(new LogLineReport(++_last, time, level, Node, GetShortSource(line.LogSource), SafeText.Cut(text, MaxChars)));
        }
    }

    /// <summary>Reads the lines after a number, the oldest first.</summary>
    public LogReport ReadAfter(long sequence)
    {
        lock (_lock)
            return new LogReport(ReportJson.Version, [.. _lines.Where(line => line.Sequence > sequence)]);
    }

    // An actor's source is its path with the address of its system.
    private static string GetShortSource(string source) => source.IndexOf("(akka", StringComparison.Ordinal) is var at and > 0
        ? source[..at].TrimEnd()
        : source[(source.LastIndexOf('/') + 1)..];
}

/// <summary>Takes the lines of its actor system.</summary>
internal sealed class RecentLinesActor(RecentLines lines) : UntypedActor
{
    public static Props PropsFor(RecentLines lines) => Props.Create(() => new RecentLinesActor(lines));

    protected override void PreStart()
    {
        foreach (var type in new[] { typeof(Debug), typeof(Info), typeof(Warning), typeof(Error) })
            Context.System.EventStream.Subscribe(Self, type);
    }

    protected override void OnReceive(object message)
    {
        if (message is LogEvent line)
            lines.Add(line);
    }
}
