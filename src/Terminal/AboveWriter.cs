using System.Globalization;
using System.Text;

namespace ActorPool.Terminal;

/// <summary>Passes text on to a console's writer, above the lines of a screen.</summary>
/// <remarks>A whole line that comes in one call also goes on in one.</remarks>
internal sealed class AboveWriter(Screen screen, TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => inner.Encoding;

    public override IFormatProvider FormatProvider => inner.FormatProvider;

    public override void Write(char value) => screen.WriteAbove(inner, new string(value, 1));

    public override void Write(char[] buffer, int index, int count) => screen.WriteAbove(inner, new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => screen.WriteAbove(inner, buffer.ToString());

    public override void Write(string? value) => screen.WriteAbove(inner, value ?? "");

    public override void WriteLine() => screen.WriteAbove(inner, inner.NewLine);

    public override void WriteLine(ReadOnlySpan<char> buffer) => screen.WriteAbove(inner, string.Concat(buffer, inner.NewLine));

    public override void WriteLine(string? value) => screen.WriteAbove(inner, value + inner.NewLine);

    public override void Flush() => inner.Flush();
}
