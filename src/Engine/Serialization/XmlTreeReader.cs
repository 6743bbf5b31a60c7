using System.Xml;
using System.Xml.Linq;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Makes an XML tree from the sequence of its parts.</summary>
/// <remarks>
/// What is complete is added to what contains it: to add to a tree that grows downwards, .NET would walk up to its root each time.
/// </remarks>
internal sealed class XmlTreeReader
{
    private readonly List<XName> _names = [];
    private readonly Stack<XContainer> _open = new();
    private XmlPlaceReader? _places;

    /// <summary>Reads what has no parent.</summary>
    /// <exception cref="MessagePackSerializationException">The parts are not those of a tree.</exception>
    public XObject Read(ref MessagePackReader reader)
    {
        try
        {
            while (true)
            {
                var value = ReadPart(ref reader);
                if (value is null)
                    continue;
                if (!_open.TryPeek(out var container))
                    return value;
                container.Add(value);
            }
        }
        catch (Exception e) when (e is XmlException or ArgumentException or InvalidOperationException)
        {
            throw new MessagePackSerializationException($"The parts are not those of an XML tree: {e.Message}", e);
        }
    }

    // Null for an element or a document that has only begun.
    private XObject? ReadPart(ref MessagePackReader reader)
    {
        var bits = (XmlPart)reader.ReadInt32();
        if (bits == XmlPart.End)
            return _open.TryPop(out var ended) ? ended : throw new MessagePackSerializationException("XML ends before it begins.");
        var hasPlace = bits.HasFlag(XmlPart.HasPlace);
        var line = hasPlace ? reader.ReadInt32() : 0;
        var position = hasPlace ? reader.ReadInt32() : 0;
        var address = bits.HasFlag(XmlPart.HasBase) ? PackedString.Read(ref reader) : null;
        var value = Create(ref reader, bits & ~(XmlPart.HasPlace | XmlPart.HasBase));
        if (hasPlace || address is not null)
            (_places ??= new XmlPlaceReader()).Set(value, hasPlace, line, position, address);
        if (value is not XContainer container)
            return value;
        _open.Push(container);
        return null;
    }

    private XObject Create(ref MessagePackReader reader, XmlPart part)
    {
        switch (part)
        {
            case XmlPart.Element:
                return new XElement(ReadName(ref reader));
            case XmlPart.OpenElement:
                return new XElement(ReadName(ref reader), "");
            case XmlPart.Attribute:
                return new XAttribute(ReadName(ref reader), ReadText(ref reader));
            case XmlPart.Text:
                return new XText(ReadText(ref reader));
            case XmlPart.CData:
                return new XCData(ReadText(ref reader));
            case XmlPart.Comment:
                return new XComment(ReadText(ref reader));
            case XmlPart.Instruction:
                return new XProcessingInstruction(ReadText(ref reader), ReadText(ref reader));
            case XmlPart.DocumentType:
                return new XDocumentType(
                    ReadText(ref reader), PackedString.Read(ref reader), PackedString.Read(ref reader), PackedString.Read(ref reader));
            case XmlPart.Document:
                return new XDocument { Declaration = XmlDeclarationFormatter.Read(ref reader) };
            default:
                throw new MessagePackSerializationException($"XML has no part [{(int)part}].");
        }
    }

    private XName ReadName(ref MessagePackReader reader)
    {
        var number = reader.ReadInt32();
        if (number < 0 || number > _names.Count)
            throw new MessagePackSerializationException($"XML has only [{_names.Count}] names, and no name [{number}].");
        if (number > 0)
            return _names[number - 1];
        var space = XNamespace.Get(ReadText(ref reader));
        var name = space.GetName(ReadText(ref reader));
        _names.Add(name);
        return name;
    }

    private static string ReadText(ref MessagePackReader reader) =>
        PackedString.Read(ref reader) ?? throw new MessagePackSerializationException("A text of XML is nil.");
}
