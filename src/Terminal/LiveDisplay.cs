using System.Runtime.InteropServices;

namespace ActorPool.Terminal;

/// <summary>Shows jobs on a terminal, in lines below what the program prints.</summary>
/// <remarks>
/// The cursor stays visible, at the end of the last line, so a process that is killed leaves no broken terminal. After Ctrl-C the lines
/// stay as they are and the cursor is below them; if the program goes on, it draws there.
/// </remarks>
internal sealed class LiveDisplay(Screen screen, LineStyle style) : IProgressDisplay
{
    /// <summary>How many jobs have a line; the others are counted in one more.</summary>
    public const int MaxLines = 8;

    private readonly ConsoleCapture _capture = new(screen);
    private readonly List<PosixSignalRegistration> _signals = [];

    public TimeSpan Interval => TimeSpan.FromMilliseconds(100);

    public static string FormatMore(int jobs) => $"and {Amounts.Format(jobs)} more";

    public void Open()
    {
        screen.Begin();
        _capture.Install();
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => screen.Leave()));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => screen.Leave()));
        // A shell has written below the lines while the program was stopped.
        if (!OperatingSystem.IsWindows())
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => screen.Leave()));
    }

    public void Show(IReadOnlyList<JobLine> running)
    {
        // A line of the whole width would leave the cursor where terminals differ.
        var (width, height) = (screen.Size.Width - 1, screen.Size.Height - 1);
        var max = Math.Clamp(height - 1, 1, MaxLines);
        var lines = running.Take(max).Select(line => LineFormat.Format(line.View(), style, width)).ToList();
        if (running.Count > max && height > 1)
            lines.Add(Line.From(Cells.Cut(FormatMore(running.Count - max), width, style.Mark)));
        screen.Draw(lines);
    }

    public void End(JobLine ended, IReadOnlyList<JobLine> running)
    {
        if (ended.Keep)
            screen.WriteLine(LastLine.Format(ended.Name, ended.Latest, style));
        if (running.Count > 0)
            Show(running);
        else
            screen.Draw([]);
    }

    public void Close()
    {
        _capture.Restore();
        foreach (var signal in _signals)
            signal.Dispose();
        _signals.Clear();
    }
}
