namespace ActorPool.Terminal;

/// <summary>Follows how many columns of its line the program's text has filled.</summary>
/// <remarks>
/// So an unfinished line can be continued after lines were drawn below it. Escape sequences are skipped: text that moves the cursor to
/// another place is not followed. Not thread-safe.
/// </remarks>
internal sealed class CursorColumn
{
    private const int TabWidth = 8;

    private State _state;
    private char _highSurrogate;

    /// <summary>Columns since the line's start; may be more than the terminal has. Null while unknown.</summary>
    public int? Cells { get; private set; }

    /// <summary>Notes where the cursor is.</summary>
    public void Set(int? cells) => Cells = cells;

    public void Advance(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var length = _state == State.Text ? rest.IndexOfAnyInRange('\0', '\x1f') : 0;
            if (length < 0)
                length = rest.Length;
            if (length > 0)
                AddText(rest[..length]);
            else
                OnControl(rest[0]);
            rest = rest[Math.Max(1, length)..];
        }
    }

    private void AddText(ReadOnlySpan<char> text)
    {
        // A pair may come in two writes.
        var whole = _highSurrogate == 0 ? text.ToString() : _highSurrogate + text.ToString();
        _highSurrogate = char.IsHighSurrogate(whole[^1]) ? whole[^1] : '\0';
        if (_highSurrogate != 0)
            whole = whole[..^1];
        Cells += Terminal.Cells.Count(whole);
    }

    private void OnControl(char value)
    {
        switch (_state)
        {
            case State.Escape:
                _state = value switch { '[' => State.Sequence, ']' => State.Title, _ => State.Text };
                break;
            case State.Sequence when value is >= '@' and <= '~':
            case State.Title when value == '\a':
                _state = State.Text;
                break;
            case State.Title when value == '\e':
                _state = State.Escape; // ESC \ ends it
                break;
            case State.Text:
                OnControlInText(value);
                break;
        }
    }

    private void OnControlInText(char value)
    {
        switch (value)
        {
            case '\e':
                _state = State.Escape;
                break;
            case '\n' or '\r':
                Cells = 0;
                break;
            case '\t':
                Cells = (Cells / TabWidth + 1) * TabWidth;
                break;
            case '\b':
                Cells = Cells is > 0 ? Cells - 1 : Cells;
                break;
        }
    }

    private enum State
    {
        Text,
        Escape,
        Sequence,
        Title,
    }
}
