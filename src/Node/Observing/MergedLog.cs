using ActorPool.Insights;

namespace ActorPool.Node.Observing;

/// <summary>The lines of several nodes' logs as one, with numbers of its own.</summary>
internal sealed class MergedLog
{
    private const int MaxLines = 500;

    private readonly Queue<LogLineReport> _lines = [];
    private readonly Dictionary<string, (DateTimeOffset Time, long Sequence)> _last = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>Adds the lines that are new.</summary>
    /// <remarks>A node that was started again numbers its lines anew.</remarks>
    public void Add(LogReport report)
    {
        foreach (var line in report.Lines)
        {
            var mark = (line.Time, line.Sequence);
            if (_last.TryGetValue(line.Node, out var last) && mark.CompareTo(last) <= 0)
                continue;
            _last[line.Node] = mark;
            if (_lines.Count == MaxLines)
                _lines.Dequeue();
            _lines.Enqueue(line with { Sequence = ++_sequence });
        }
    }

    /// <summary>Reads the lines after a number, the oldest first.</summary>
    public LogReport ReadAfter(long sequence) => new(ReportJson.Version, [.. _lines.Where(line => line.Sequence > sequence)]);
}
