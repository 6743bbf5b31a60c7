using System.Text;

namespace ActorPool.Terminal;

/// <summary>A terminal's output: the program's text, and below it the lines that are redrawn.</summary>
/// <remarks>
/// <code>
/// program ──text──► WriteAbove: erase lines, pass the text on, draw lines
/// board ──lines──► Draw: go to the first line, write over them
/// </code>
/// Only relative moves are used, so it does not matter where on the screen the lines are, or whether it scrolls. Terminals wrap lines
/// anew when they become narrower: the rows of what was drawn follow from the width of now. All members are thread-safe.
/// </remarks>
internal sealed class Screen(TextWriter terminal, Func<TerminalSize> getSize)
{
    private const string NewLine = "\r\n"; // also where the terminal is in raw mode

    // Ctrl-C must end the process also if another thread cannot write.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CursorColumn _cursor = new();
    private readonly StringBuilder _output = new(); // of one call, then sent at once
    private IReadOnlyList<Line> _lines = [];
    private IReadOnlyList<Line> _shown = []; // what the terminal has of them, if it is shown
    private bool _isShown;
    private bool _isGone;

    public TerminalSize Size => getSize();

    /// <summary>Starts where the cursor is, which may be in the middle of a line.</summary>
    public void Begin()
    {
        lock (_lock)
            _cursor.Set(null);
    }

    /// <summary>Draws these lines in place of the last ones.</summary>
    public void Draw(IReadOnlyList<Line> lines)
    {
        lock (_lock)
        {
            if (lines.Count == 0 || lines.Count != _shown.Count)
                Erase();
            _lines = lines;
            DrawLines();
            Send();
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void WriteLine(string text)
    {
        lock (_lock)
        {
            Erase();
            StartLine();
            _output.Append("\e[0m").Append(text).Append(NewLine);
            _cursor.Set(0);
            DrawLines();
            Send();
        }
    }

    /// <summary>Lets the program write, to the same terminal by its own writer.</summary>
    public void WriteAbove(TextWriter inner, string text)
    {
        lock (_lock)
        {
            var wasShown = _isShown;
            Erase();
            Send();
            if (wasShown)
                RestoreColors();
            inner.Write(text);
            inner.Flush(); // before the lines follow on another way
            _cursor.Advance(text);
            if (!wasShown)
                return;
            DrawLines();
            Send();
        }
    }

    /// <summary>Leaves the lines where they are, and goes on below them.</summary>
    public void Leave()
    {
        if (!_lock.TryEnter(s_patience))
            return;
        try
        {
            if (!_isShown)
                return;
            _output.Append(NewLine);
            _isShown = false;
            _cursor.Set(null);
            Send();
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void DrawLines()
    {
        if (_lines.Count == 0)
            return;
        if (_isShown)
            GoToFirstLine();
        else
            StartLine();
        _output.Append("\e[0m");
        for (var i = 0; i < _lines.Count; i++)
            _output.Append(i > 0 ? NewLine : "").Append(_lines[i].Text).Append("\e[K");
        _shown = _lines;
        _isShown = true;
    }

    /// <summary>Goes to the start of a new line, unless the cursor is there.</summary>
    private void StartLine()
    {
        if (_cursor.Cells is > 0)
            _output.Append(NewLine);
        if (_cursor.Cells is not null)
            return;
        // As zsh does before its prompt: at a line's start this many spaces stay in it, and elsewhere they reach the next line.
        _output.Append(' ', Size.Width).Append("\r\e[K");
        _cursor.Set(0);
    }

    /// <summary>Removes the lines, and goes back to where the program's text ended.</summary>
    private void Erase()
    {
        if (!_isShown)
            return;
        GoToFirstLine();
        _output.Append("\e[0m\e[J");
        var column = _cursor.Cells.GetValueOrDefault() % Size.Width;
        if (column > 0)
            _output.Append("\e[1A\e[").Append(column + 1).Append('G');
        else
            _cursor.Set(0); // a line that filled its last row goes on in the row where the cursor is
        _isShown = false;
    }

    private void GoToFirstLine()
    {
        var width = Size.Width;
        var rows = _shown.Sum(line => Math.Max(1, (line.Cells + width - 1) / width));
        _output.Append('\r');
        if (rows > 1)
            _output.Append("\e[").Append(rows - 1).Append('A');
        // What became narrower takes more rows than it will: remove them all.
        if (rows > _shown.Count)
            _output.Append("\e[J");
    }

    private void Send()
    {
        try
        {
            if (!_isGone && _output.Length > 0)
            {
                terminal.Write(_output);
                terminal.Flush();
            }
        }
        catch (IOException)
        {
            // The terminal was closed: no reason to end a job, or this process from a timer's thread.
            _isGone = true;
        }
        _output.Clear();
    }

    /// <summary>Sets the colours of <see cref="Console.ForegroundColor"/> again, which drawing has reset.</summary>
    private static void RestoreColors()
    {
        const ConsoleColor Unknown = (ConsoleColor)(-1);
        if (OperatingSystem.IsWindows() || Console.IsOutputRedirected)
            return;
        if (Console.ForegroundColor is var foreground && foreground != Unknown)
            Console.ForegroundColor = foreground;
        if (Console.BackgroundColor is var background && background != Unknown)
            Console.BackgroundColor = background;
    }
}
