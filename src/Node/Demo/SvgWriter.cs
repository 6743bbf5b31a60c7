using System.Globalization;
using System.Xml;

namespace ActorPool.Node.Demo;

/// <summary>Writes the few elements of SVG that a chart needs, culture-independently.</summary>
internal sealed class SvgWriter : IDisposable
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    private readonly XmlWriter _xml;

    /// <summary>Begins a picture, which ends when the writer is disposed.</summary>
    /// <param name="xml">Receives the document; its owner disposes of it.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="title">What the picture is.</param>
    /// <param name="description">What it shows, for readers who do not see it.</param>
    /// <param name="style">Attributes that all elements inherit.</param>
    public SvgWriter(
        XmlWriter xml, double width, double height, string title, string description, params ReadOnlySpan<(string, object)> style)
    {
        _xml = xml;
        _xml.WriteStartElement("svg", Namespace);
        WriteAttributes([("viewBox", $"0 0 {FormatNumber(width)} {FormatNumber(height)}"), ("width", width), ("height", height)]);
        WriteAttributes([("role", "img"), ("aria-labelledby", "title desc")]);
        WriteAttributes(style);
        WriteElement("title", title, ("id", "title"));
        WriteElement("desc", description, ("id", "desc"));
        WriteElement("rect", null, ("width", width), ("height", height), ("fill", "white"));
    }

    public void Dispose() => _xml.WriteEndElement();

    public void WriteLine(
        (double X, double Y) from, (double X, double Y) to, string colour, double width, params ReadOnlySpan<(string, object)> more) =>
        WriteElement(
            "line", null,
            [("x1", from.X), ("y1", from.Y), ("x2", to.X), ("y2", to.Y), ("stroke", colour), ("stroke-width", width), .. more]);

    public void WritePolyline(IEnumerable<(double X, double Y)> points, string colour, double width) =>
        WriteElement("polyline", null,
            ("points", string.Join(' ', points.Select(point => $"{FormatNumber(point.X)},{FormatNumber(point.Y)}"))),
            ("fill", "none"), ("stroke", colour), ("stroke-width", width), ("stroke-linejoin", "round"));

    /// <summary>Writes a circle; the tip is shown while the mouse is over it.</summary>
    public void WriteCircle((double X, double Y) centre, double radius, string fill, string stroke, string? tip)
    {
        _xml.WriteStartElement("circle", Namespace);
        WriteAttributes([("cx", centre.X), ("cy", centre.Y), ("r", radius), ("fill", fill), ("stroke", stroke), ("stroke-width", 2.0)]);
        if (tip is not null)
            WriteElement("title", tip);
        _xml.WriteEndElement();
    }

    /// <summary>Writes a text with its anchor (start, middle or end) at a point.</summary>
    /// <remarks>The point is on the text's base line.</remarks>
    public void WriteText(string text, (double X, double Y) at, string anchor, params ReadOnlySpan<(string, object)> more) =>
        WriteElement("text", text, [("x", at.X), ("y", at.Y), ("text-anchor", anchor), .. more]);

    /// <summary>Writes a text that runs upwards.</summary>
    public void WriteTextUpwards(string text, (double X, double Y) at) =>
        WriteText(text, at, "middle", ("transform", $"rotate(-90 {FormatNumber(at.X)} {FormatNumber(at.Y)})"));

    private static string FormatNumber(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private void WriteElement(string name, string? text, params ReadOnlySpan<(string, object)> attributes)
    {
        _xml.WriteStartElement(name, Namespace);
        WriteAttributes(attributes);
        if (text is not null)
            _xml.WriteString(text);
        _xml.WriteEndElement();
    }

    private void WriteAttributes(ReadOnlySpan<(string Name, object Value)> attributes)
    {
        foreach (var (name, value) in attributes)
            _xml.WriteAttributeString(name, value is double number ? FormatNumber(number) : (string)value);
    }
}
