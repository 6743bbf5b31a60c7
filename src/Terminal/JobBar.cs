using System.Collections.Concurrent;

namespace ActorPool.Terminal;

/// <summary>Takes the reports of jobs, and hands their ends to the board.</summary>
internal sealed class JobBar(ProgressBoard board, string? name, bool keep) : IProgress<JobProgress>
{
    // One for each job that runs: it is removed at the job's end.
    private readonly ConcurrentDictionary<string, JobLine> _lines = new(StringComparer.Ordinal);

    public void Report(JobProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.State != JobState.Running)
        {
            var ended = _lines.TryRemove(value.Name, out var known) ? known : Create(value);
            ended.Latest = value;
            board.End(ended);
        }
        else if (_lines.TryGetValue(value.Name, out var line))
        {
            line.Latest = value;
        }
        else if (_lines.TryAdd(value.Name, line = Create(value)))
        {
            board.Begin(line);
        }
    }

    private JobLine Create(JobProgress progress) => new(name ?? progress.Name, keep, progress, board.Time);
}
