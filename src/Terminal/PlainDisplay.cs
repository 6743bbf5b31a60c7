using System.Text;

namespace ActorPool.Terminal;

/// <summary>Writes lines of jobs, each half minute and at their ends, without a terminal.</summary>
internal sealed class PlainDisplay(Func<TextWriter> getWriter, TimeProvider time) : IProgressDisplay
{
    private const int Width = 120;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(30);

    private bool _isBroken;

    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    public void Open() { }

    public void Show(IReadOnlyList<JobLine> running)
    {
        var now = time.GetTimestamp();
        var due = running.Where(line => line.Keep && time.GetElapsedTime(line.Written, now) >= s_pause).ToArray();
        if (due.Length == 0)
            return;
        var text = new StringBuilder();
        foreach (var line in due)
            line.Written = now;
        foreach (var line in due.Take(LiveDisplay.MaxLines))
            text.Append(LineFormat.Format(line.View(), LineStyle.Plain, Width).Text).Append('\n');
        if (due.Length > LiveDisplay.MaxLines)
            text.Append(LiveDisplay.FormatMore(due.Length - LiveDisplay.MaxLines)).Append('\n');
        Write(text.ToString());
    }

    public void End(JobLine ended, IReadOnlyList<JobLine> running)
    {
        if (ended.Keep)
            Write(LastLine.Format(ended.Name, ended.Latest, LineStyle.Plain) + '\n');
    }

    public void Close() { }

    private void Write(string text)
    {
        if (_isBroken)
            return;
        try
        {
            getWriter().Write(text);
        }
        catch (IOException)
        {
            // The disk is full, or the reader has gone: no reason to end a job, or this process from a timer's thread.
            _isBroken = true;
        }
    }
}
