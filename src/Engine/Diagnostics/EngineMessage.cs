using System.Globalization;
using System.Text;
using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>The message of one of the engine's lines: its kind, its template and named values.</summary>
internal sealed class EngineMessage(ILogMessageFormatter formatter, LogKind kind, string template, params object?[] values)
    : LogMessage(formatter, template)
{
    private string? _text;

    public LogKind Kind => kind;

    /// <summary>Names in the order of the template.</summary>
    public IReadOnlyList<object?> Values => values;

    public override string Unformatted() => Format;

    public override IEnumerable<object> Parameters() => values!;

    public override string ToString() => _text ??= FormatText();

    private string FormatText()
    {
        var text = new StringBuilder();
        var from = 0;
        foreach (var value in values)
        {
            var begin = Format.IndexOf('{', from);
            text.Append(Format, from, begin - from).Append(CultureInfo.InvariantCulture, $"{value}");
            from = Format.IndexOf('}', begin) + 1;
        }
        return text.Append(Format, from, Format.Length - from).ToString();
    }
}
