using System.Text;
using ActorPool.Processes;

namespace ActorPool.Child;

/// <summary>Standard output or error of a worker process, with a mark before each line.</summary>
/// <remarks>
/// The mark is the item that writes (<see cref="LineMark"/>). A line that one item began is not continued by another: it is ended. Used
/// through <see cref="TextWriter.Synchronized"/>, which <see cref="Console"/> adds. What belongs together is written at once, since native
/// code may write to the same file in between.
/// </remarks>
internal sealed class MarkingWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    private bool _isInLine;
    private string? _lineMark; // of the line that has not ended

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Marks what this process writes through <see cref="Console"/> from now on.</summary>
    public static void Install()
    {
        Console.SetOut(new MarkingWriter(Console.Out));
        Console.SetError(new MarkingWriter(Console.Error));
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.IsEmpty)
            return;
        if (GetMark() is { } mark)
        {
            inner.Write(AddMarks(buffer, mark));
            _lineMark = mark;
        }
        else
        {
            inner.Write(buffer);
        }
        _isInLine = buffer[^1] != '\n';
        if (!_isInLine)
            _lineMark = null;
    }

    public override void WriteLine() => Write(CoreNewLine);

    public override void WriteLine(string? value) => Write($"{value}{NewLine}");

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write($"{buffer}{NewLine}");

    public override void Flush() => inner.Flush();

    private string AddMarks(ReadOnlySpan<char> text, string mark)
    {
        var marked = new StringBuilder(text.Length + mark.Length);
        var isOfAnother = _isInLine && _lineMark is not null && !_lineMark.Equals(mark, StringComparison.Ordinal);
        if (isOfAnother)
            marked.Append('\n');
        for (var isInLine = _isInLine && !isOfAnother; !text.IsEmpty; isInLine = false)
        {
            var end = text.IndexOf('\n');
            var line = end < 0 ? text : text[..(end + 1)];
            marked.Append(isInLine ? "" : mark).Append(line);
            text = text[line.Length..];
        }
        return marked.ToString();
    }

    private static string? GetMark() =>
        WorkContext.Current is { } context ? LineMark.Format(new RunningItem(context.JobName, context.ItemIndex)) : null;
}
