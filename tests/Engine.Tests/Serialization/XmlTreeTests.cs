using System.Xml;
using System.Xml.Linq;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class XmlTreeTests
{
    [Fact]
    public async Task A_tree_has_the_same_nodes_and_attributes()
    {
        XNamespace space = "urn:a";
        var element = new XElement(
            space + "a",
            new XAttribute("one", "1\r\n"), new XAttribute(XNamespace.Xml + "lang", "de"), new XAttribute(space + "two", ""),
            new XText("a"), new XText("b\r\n"), new XCData("c\r]]"), new XText(""), new XComment("--"),
            new XProcessingInstruction("p", "q"), "\u0001\uD800", new XElement("empty"), new XElement("open", ""),
            new XElement("text", new XText("")));
        var copy = await TripOneAsync(element);
        Assert.Equal(Describe(element), Describe(copy));
        Assert.True(XNode.DeepEquals(element, copy));
        Assert.True(copy.Element("empty")!.IsEmpty);
        Assert.False(copy.Element("open")!.IsEmpty);
        Assert.Empty(copy.Element("open")!.Nodes());
        Assert.Same(space, copy.Name.Namespace);
    }

    [Fact]
    public async Task Documents_keep_their_declaration_and_type_and_may_be_empty()
    {
        var document = new XDocument(
            new XDeclaration("1.0", null, "yes"), new XComment("c"), new XDocumentType("a", "p", null, null), new XText("\r\n"),
            new XElement("a"));
        var copy = await TripOneAsync(document);
        Assert.Equal(Describe(document), Describe(copy));
        Assert.Equal(("1.0", null, "yes"), (copy.Declaration!.Version, copy.Declaration.Encoding, copy.Declaration.Standalone));
        Assert.Equal(("a", "p", null, null),
            (copy.DocumentType!.Name, copy.DocumentType.PublicId, copy.DocumentType.SystemId, copy.DocumentType.InternalSubset));
        Assert.Null((await TripOneAsync(new XDocument())).FirstNode);
        Assert.Null((await TripOneAsync(new XDocument(new XComment("c")))).Declaration);
    }

    [Fact]
    public async Task Lines_and_base_addresses_travel()
    {
        using var text = new StringReader("<!--c-->\n<a x='1'>\n <b y=''>t</b></a>");
        using var reader = XmlReader.Create(text, null, "file:///a.xml");
        const LoadOptions Options = LoadOptions.PreserveWhitespace | LoadOptions.SetLineInfo | LoadOptions.SetBaseUri;
        var document = XDocument.Load(reader, Options);
        document.Root!.Add(new XElement("without"));
        var copy = await TripOneAsync(document);
        Assert.Equal(GetPlaces(document), GetPlaces(copy));
        Assert.Equal(3, ((IXmlLineInfo)copy.Root!.Element("b")!).LineNumber);
        Assert.False(((IXmlLineInfo)copy.Root.Element("without")!).HasLineInfo());
        Assert.Equal("file:///a.xml", copy.Root.BaseUri);
        Assert.True((await TripOneAsync(new XElement("a"))).BaseUri.Length == 0);

        static List<string> GetPlaces(XDocument document) =>
        [
            .. document.DescendantNodes().Cast<XObject>().Concat(document.Descendants().Attributes())
                .Select(one => (one.NodeType, Line: (IXmlLineInfo)one, one.BaseUri))
                .Select(one => $"{one.NodeType} {one.Line.HasLineInfo()} {one.Line.LineNumber} {one.Line.LinePosition} {one.BaseUri}"),
        ];
    }

    [Fact]
    public void Annotations_handlers_and_derived_classes_are_refused_with_a_way()
    {
        var noted = new XElement("a", new XAttribute("x", ""), new XElement("b", "text"));
        noted.Element("b")!.AddAnnotation("note");
        AssertRefused(noted, "[XElement] [b] has an annotation, a [string]", "new XElement(element)");
        noted = new XElement("a", new XAttribute("x", ""));
        noted.Attribute("x")!.AddAnnotation(new Version(1, 2));
        AssertRefused(noted, "[XAttribute] [x] has an annotation, a [Version]", "new XAttribute(attribute)");
        var heard = new XDocument(new XElement("a"));
        heard.Changed += static (_, _) => { };
        AssertRefused(heard, "handlers of Changed or Changing", "new XDocument(document)");
        AssertRefused(new XElement("a", new Marked("text")), "[XmlTreeTests.Marked], which derives from .NET's [XText]", "beside the tree");
        AssertRefused(new XElement("a", new XText("b")).FirstNode as XText, "is part of a document", "new XText(node)");
        AssertRefused(new XElement("a", new XAttribute("x", "")).FirstAttribute, "[XAttribute] [x] is part", "new XAttribute(attribute)");
    }

    [Fact]
    public async Task Parts_and_names_travel_alone()
    {
        XNamespace space = "urn:}a";
        Assert.Same(space, await TripOneAsync(space));
        Assert.Same(XNamespace.None, await TripOneAsync(XNamespace.None));
        Assert.Same(space + "b", await TripOneAsync(space + "b"));
        Assert.Same(XName.Get("b"), await TripOneAsync(XName.Get("b")));
        Assert.Equal("1\n", (await TripOneAsync(new XAttribute(space + "x", "1\n"))).Value);
        XNode[] nodes =
        [
            new XText("t"), new XCData("c"), new XComment("d"), new XProcessingInstruction("p", ""), new XDocumentType("a", null, "s", ""),
            new XElement("e"), new XDocument(),
        ];
        var copies = await TripOneAsync(nodes);
        Assert.Equal(nodes.Select(node => node.GetType()), copies.Select(node => node.GetType()));
        Assert.Equal(string.Join('\n', nodes.AsEnumerable()), string.Join('\n', copies.AsEnumerable()));
        Assert.Equal("utf-8", (await TripOneAsync(new XDeclaration(null, "utf-8", null))).Encoding);
        var one = new XElement("a");
        var pair = await TripOneAsync(new object[] { one, one, new List<XNode> { one } });
        Assert.Same(pair[0], pair[1]);
        Assert.Same(pair[0], Assert.Single((List<XNode>)pair[2]));
    }

    [Fact]
    public async Task A_tree_of_any_depth_travels()
    {
        var tree = new XElement("a");
        for (var i = 0; i < 100_000; i++)
            tree = new XElement("a", tree);
        var depth = 0;
        for (var node = await TripOneAsync(tree); node is not null; node = (XElement?)node.FirstNode)
            depth++;
        Assert.Equal(100_001, depth);
    }

    [Fact]
    public async Task Parts_that_are_no_tree_are_refused()
    {
        byte[] name = [0, 0xA0, 0xA1, (byte)'a'];
        byte[][] hostile =
        [
            [0], [3, .. name, 0xA0], [1, 1], [1, 0xFF], [1, 0, 0xA0, 0xA1, (byte)'<', 0], [1, 0, 0xC0, 0xA1, (byte)'a', 0], [1, .. name],
            [10], [0x0B], [0xD0, 0x80], [9, 0xC2, 4, 0xA1, (byte)'t', 0], [9, 0xC2, 1, .. name, 0, 1, 1, 0, 0],
            [1, .. name, 3, 1, 0xA0, 3, 1, 0xA0, 0], [7, 0xA3, .. "xml"u8, 0xA0], [1, .. name, 0, 0], [0x11, 0xC0, 0xC0, .. name, 0],
        ];
        Assert.Equal("a", (await ReadAsync<XElement>(Payload([1, .. name, 0]), 1))[0].Name);
        foreach (var bytes in hostile)
            await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<XElement>(Payload(bytes), 1));
    }

    /// <summary>Creates a payload of one item, whose objects are numbered.</summary>
    internal static byte[] Payload(byte[] item)
    {
        var block = HostilePayloadTests.Block(item);
        block[0] = PayloadHeader.PackedGraph;
        return block;
    }

    private static void AssertRefused<T>(T? value, string what, string advice)
    {
        var refusal = Assert.Throws<PayloadException>(() => Bytes<T?>(new[] { value }));
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
    }

    private static string Describe(XContainer root) => string.Join(
        '\n',
        root.DescendantNodes().Prepend(root).Select(node => node switch
        {
            XElement one => $"{one.Name} {one.IsEmpty} {string.Join(',', one.Attributes().Select(a => (a.Name, a.Value)))}",
            XText text => $"{text.NodeType} {text.Value}",
            XComment comment => comment.Value,
            XProcessingInstruction instruction => $"{instruction.Target} {instruction.Data}",
            _ => $"{node.NodeType}",
        }));

    private sealed class Marked(string text) : XText(text);
}
