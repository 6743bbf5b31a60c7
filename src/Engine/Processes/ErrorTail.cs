namespace ActorPool.Processes;

/// <summary>The last lines of a worker's standard error, and the head of a crash's report.</summary>
/// <remarks>A report of a crash may have thousands of frames; its first lines say what happened.</remarks>
internal sealed class ErrorTail
{
    /// <summary>How many lines are kept.</summary>
    public const int MaxLines = 20;

    private const int MaxHeadLines = 8;

    private readonly Lock _gate = new();
    private readonly Queue<string> _last = new(MaxLines);
    private readonly List<string> _head = new(MaxHeadLines);
    private int _linesSinceHead;

    public void Add(string line)
    {
        lock (_gate)
        {
            var isHead = CrashReport.IsHead(line);
            if (isHead)
            {
                _head.Clear();
                _linesSinceHead = 0;
            }
            if (isHead || _head.Count is > 0 and < MaxHeadLines)
                _head.Add(line);
            _linesSinceHead++;
            if (_last.Count == MaxLines)
                _last.Dequeue();
            _last.Enqueue(line);
        }
    }

    /// <summary>Returns the lines; the head of a crash's report is always among them.</summary>
    public string[] GetLines()
    {
        lock (_gate)
        {
            if (_head.Count == 0 || _linesSinceHead <= MaxLines)
                return [.. _last];
            var rest = Math.Min(MaxLines - _head.Count, _linesSinceHead - _head.Count);
            return [.. _head, .. _last.Skip(_last.Count - rest)];
        }
    }
}
