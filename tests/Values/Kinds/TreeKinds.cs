using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Trees of XML and JSON, and addresses, with what their text does not tell.</summary>
public sealed class TreeKinds : IKindSource
{
    private static readonly JsonNodeOptions s_insensitive = new() { PropertyNameCaseInsensitive = true };

    private static readonly UriCreationOptions s_asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("XElement: ends of lines and CDATA", () => new XElement("a", "1\r\n2\r", new XCData("c\r\n")),
            v => Of(v.Value, Items(v.Nodes().Select(node => node.NodeType)))),
        Kind.Of("XElement: texts side by side", () => new XElement("a", new XText("b"), new XText("c")),
            v => Of(v.Nodes().Count(), v.Value)),
        Kind.Of("XElement: of a namespace", () => new XElement(XName.Get("b", "urn:a"), new XAttribute("x", "1")),
            v => Of(v.Attributes().Count(), v.Name.Namespace == XNamespace.Get("urn:a"))),
        Kind.Of("XElement: a character that XML forbids", () => new XElement("a", "\u0001"), v => Of(v.Value)),
        Kind.Of("XElement: empty or without nodes", () => new XElement("a", new XElement("b"), new XElement("c", "")),
            v => Items(v.Elements().Select(one => one.IsEmpty))),
        Kind.Of("XElement: an annotation", MakeNoted, v => Of(v.Annotation<string>())),
        Kind.Of("XElement: a handler", MakeHeard, v => Of(v.Name)),
        Kind.Of("XElement: lines", () => XElement.Parse("<a>\n <b/></a>", LoadOptions.SetLineInfo),
            v => Of(((IXmlLineInfo)v).LineNumber, ((IXmlLineInfo)v.Element("b")!).LineNumber)),
        Kind.Of("XElement: deep", MakeDeep, v => Of(v.Value, v.DescendantsAndSelf().Count())),
        Kind.Of("XDocument: empty", () => new XDocument(), v => Of(v.Root is null, v.Declaration is null)),
        Kind.Of("XDocument: a type", () => new XDocument(new XDocumentType("a", "p", "s", null), new XElement("a")),
            v => Of(v.DocumentType!.PublicId, v.DocumentType.InternalSubset is null)),
        Kind.Of("XDocument: a declaration", () => new XDocument(new XDeclaration("1.0", "utf-8", null), new XElement("a")),
            v => Of(v.Declaration!.Encoding, v.Declaration.Standalone is null)),
        Kind.Of("XAttribute: of a namespace", () => new XAttribute(XNamespace.Get("urn:a") + "b", "1\n"), v => Of(v.Name, v.Value)),
        Kind.Of("XText", () => new XText("a\r\n"), v => Of(v.Value)),
        Kind.Of("XCData", () => new XCData("a"), v => Of(v)),
        Kind.Of("XComment", () => new XComment("a--"), v => Of(v.Value)),
        Kind.Of("XProcessingInstruction", () => new XProcessingInstruction("a", "b"), v => Of(v.Target, v.Data)),
        Kind.Of("XDocumentType", () => new XDocumentType("a", null, null, null), v => Of(v.Name, v.SystemId is null)),
        Kind.Of("XDeclaration", () => new XDeclaration("1.0", null, "yes"), v => Of(v.Version, v.Encoding is null, v.Standalone)),
        Kind.Of("XNamespace", () => XNamespace.Get("urn:a"), v => Of(ReferenceEquals(v, XNamespace.Get("urn:a")), v + "b")),
        Kind.Of("XNode: list", () => new List<XNode> { new XText("a"), new XElement("b") }, v => Items(v.Select(node => node.NodeType))),
        Kind.Of("JsonNode: names without case", () => JsonNode.Parse("{\"A\":{\"B\":1}}", s_insensitive),
            v => Of(v!["a"]!["b"]!.GetValue<int>(), v.Options)),
        Kind.Of("JsonNode: case told before it came into a document", MakeLate, v => Of(v["IN"]!["a"], v["in"]!["A"])),
        Kind.Of("JsonObject: a number's type", () => new JsonObject { ["n"] = 3 },
            v => Of(v["n"]!.AsValue().TryGetValue<long>(out _), v["n"]!.GetValue<int>())),
        Kind.Of("JsonObject: a DateTime", () => new JsonObject { ["t"] = DateTime.UnixEpoch },
            v => Of(v["t"]!.AsValue().TryGetValue<string>(out _), v["t"]!.GetValue<DateTime>())),
        Kind.Of("JsonNode: parsed numbers", () => JsonNode.Parse("[1,2.50]"),
            v => Of(v![0]!.GetValue<long>(), v[0]!.GetValue<byte>(), v.ToJsonString())),
        Kind.Of("JsonNode: read by a serializer", () => JsonSerializer.Deserialize<JsonNode>("12"), v => Of(v!.GetValue<short>())),
        Kind.Of("JsonNode: a name twice", () => JsonNode.Parse("{\"a\":1,\"a\":2}"), v => Of(v!.ToJsonString())),
        Kind.Of("JsonValue: NaN", () => JsonValue.Create(float.NaN), v => Of(v.GetValue<float>())),
        Kind.Of("JsonValue: char", () => JsonValue.Create('c'), v => Of(v.GetValue<char>())),
        Kind.Of("JsonValue: TimeSpan", () => JsonValue.Create(TimeSpan.FromSeconds(1)), v => Of(v!.GetValue<TimeSpan>())),
        Kind.Of("JsonValue: an object", () => JsonValue.Create(new Point(1, 2)), v => Of(v!.GetValue<Point>().X)),
        Kind.Of("JsonValue: an enum", () => JsonValue.Create(DayOfWeek.Friday), v => Of(v!.GetValue<DayOfWeek>())),
        Kind.Of("JsonDocument: comments and commas", MakeLenient, v => Of(v.RootElement.GetArrayLength())),
        Kind.Of("Uri: as it is written", () => new Uri("http://a/%41/../x", s_asWritten), v => Of(v.AbsoluteUri, v.AbsolutePath)),
    ];

    private static XElement MakeNoted()
    {
        var element = new XElement("a");
        element.AddAnnotation("note");
        return element;
    }

    private static XElement MakeHeard()
    {
        var element = new XElement("a");
        element.Changed += static (_, _) => { };
        return element;
    }

    private static XElement MakeDeep()
    {
        var element = new XElement("a", "text");
        for (var i = 0; i < 5_000; i++)
            element = new XElement("a", element);
        return element;
    }

    private static JsonObject MakeLate() => new(s_insensitive) { ["in"] = new JsonObject { ["A"] = 1 } };

    private static JsonDocument MakeLenient() => JsonDocument.Parse(
        "[1,/* two */2,]", new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });

    public sealed record Point(int X, int Y);
}
