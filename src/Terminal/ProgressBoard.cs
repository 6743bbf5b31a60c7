namespace ActorPool.Terminal;

/// <summary>The running jobs that are shown on one console.</summary>
/// <remarks>
/// <code>
/// job ──Begin, End──► board ──Open, Show, End, Close──► display
///                     timer ──tick──► board
/// </code>
/// A timer draws, so a report of progress costs the job no more than the writing of a field. The list grows with the jobs that run at the
/// same time.
/// </remarks>
internal sealed class ProgressBoard(IProgressDisplay display, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<JobLine> _running = [];
    private ITimer? _timer; // while jobs run

    public TimeProvider Time => time;

    /// <summary>Makes the board of this process, which also ends when the process exits.</summary>
    public static ProgressBoard ForConsole()
    {
        var board = new ProgressBoard(ConsoleDisplay.Create(TimeProvider.System), TimeProvider.System);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => board.EndAll();
        return board;
    }

    /// <summary>Shows a job from the next tick on.</summary>
    public void Begin(JobLine line)
    {
        lock (_lock)
        {
            Open();
            _running.Add(line);
        }
    }

    /// <summary>Writes the last line of a job, at once.</summary>
    public void End(JobLine line)
    {
        lock (_lock)
        {
            Open();
            _running.Remove(line);
            display.End(line, _running);
            CloseWhenDone();
        }
    }

    /// <summary>Writes the last lines of all jobs: the process exits.</summary>
    public void EndAll()
    {
        lock (_lock)
        {
            if (_timer is null)
                return;
            foreach (var line in _running.ToArray())
            {
                _running.Remove(line);
                display.End(line, _running);
            }
            CloseWhenDone();
        }
    }

    private void Open()
    {
        if (_timer is not null)
            return;
        display.Open();
        _timer = time.CreateTimer(_ => OnTick(), null, display.Interval, display.Interval);
    }

    private void OnTick()
    {
        // A tick that comes while the last one still writes is one too many: the terminal is slow.
        if (!_lock.TryEnter())
            return;
        try
        {
            if (_timer is not null)
                display.Show(_running);
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void CloseWhenDone()
    {
        if (_running.Count > 0)
            return;
        _timer?.Dispose();
        _timer = null;
        display.Close();
    }
}
