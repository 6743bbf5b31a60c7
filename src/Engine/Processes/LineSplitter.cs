namespace ActorPool.Processes;

/// <summary>Cuts text into lines; a line that is too long comes in pieces.</summary>
internal sealed class LineSplitter(Action<string> onLine)
{
    /// <summary>Length of the longest line, in characters.</summary>
    public const int MaxChars = 4096;

    private readonly char[] _line = new char[MaxChars];
    private int _length;

    public void Add(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf('\n');
            var part = end < 0 ? text : text[..end];
            AddPart(part);
            if (end < 0)
                return;
            Flush();
            text = text[(end + 1)..];
        }
    }

    /// <summary>Ends the last line, which has no end of its own.</summary>
    public void Complete()
    {
        if (_length > 0)
            Flush();
    }

    private void AddPart(ReadOnlySpan<char> part)
    {
        while (!part.IsEmpty)
        {
            if (_length == MaxChars)
                Flush();
            var count = Math.Min(part.Length, MaxChars - _length);
            part[..count].CopyTo(_line.AsSpan(_length));
            _length += count;
            part = part[count..];
        }
    }

    private void Flush()
    {
        onLine(_line.AsSpan(0, _length).TrimEnd('\r').ToString());
        _length = 0;
    }
}
