using System.Xml;
using System.Xml.Linq;

namespace ActorPool.Serialization;

/// <summary>Sets the line and the base address of parts of XML.</summary>
/// <remarks>
/// .NET sets them only when it reads XML from a reader that knows them. This one has a single empty element; what .NET notes at that can be
/// added to any other part.
/// </remarks>
internal sealed class XmlPlaceReader : XmlReader, IXmlLineInfo
{
    private bool _isRead;
    private bool _hasPlace;
    private string _address = "";

    public int LineNumber { get; private set; }

    public int LinePosition { get; private set; }

    public override int AttributeCount => 0;

    public override string BaseURI => _address;

    public override int Depth => 0;

    public override bool EOF => _isRead;

    public override bool IsEmptyElement => true;

    public override string LocalName => "a";

    public override string NamespaceURI => "";

    public override XmlNameTable NameTable => field ??= new NameTable();

    public override XmlNodeType NodeType => _isRead ? XmlNodeType.None : XmlNodeType.Element;

    public override string Prefix => "";

    public override ReadState ReadState => _isRead ? ReadState.EndOfFile : ReadState.Interactive;

    public override string Value => "";

    /// <summary>Sets where a part of XML stood in the text that it was read from.</summary>
    /// <param name="value">The part.</param>
    /// <param name="hasPlace">Whether it has a line and a position.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="position">The position in the line, from 1.</param>
    /// <param name="address">The base address; null if it has that of what contains it.</param>
    public void Set(XObject value, bool hasPlace, int line, int position, string? address)
    {
        (_isRead, _hasPlace, LineNumber, LinePosition, _address) = (false, hasPlace, line, position, address ?? "");
        foreach (var annotation in XElement.Load(this, LoadOptions.SetLineInfo | LoadOptions.SetBaseUri).Annotations<object>())
            value.AddAnnotation(annotation);
    }

    public bool HasLineInfo() => _hasPlace;

    public override bool Read()
    {
        _isRead = true;
        return false;
    }

    public override string? GetAttribute(string name) => null;

    public override string? GetAttribute(string name, string? namespaceURI) => null;

    public override string GetAttribute(int i) => throw new ArgumentOutOfRangeException(nameof(i));

    public override string? LookupNamespace(string prefix) => null;

    public override bool MoveToAttribute(string name) => false;

    public override bool MoveToAttribute(string name, string? ns) => false;

    public override bool MoveToElement() => false;

    public override bool MoveToFirstAttribute() => false;

    public override bool MoveToNextAttribute() => false;

    public override bool ReadAttributeValue() => false;

    public override void ResolveEntity() => throw new InvalidOperationException("There are no entities.");
}
