using System.Xml;
using System.Xml.Linq;
using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Writes an XML tree as the sequence of its parts.</summary>
/// <remarks>
/// An element comes before its attributes and nodes, and an end follows them: no tree is too deep for the stack. A name is written where it
/// first occurs, and has a number from then on.
/// </remarks>
internal sealed class XmlTreeWriter(PayloadContext context)
{
    // .NET keeps lines, base addresses and handlers as annotations, of classes that it does not make public.
    private const string Line = "LineInfoAnnotation", EndLine = "LineInfoEndElementAnnotation", Base = "BaseUriAnnotation";
    private const string Handlers = "XObjectChangeAnnotation";

    private readonly Dictionary<XName, int> _names = [];

    /// <summary>Writes what has no parent.</summary>
    /// <exception cref="PayloadException">A part has an annotation or handlers, or is of a derived class.</exception>
    public void Write(ref MessagePackWriter writer, XObject root)
    {
        if (root is XAttribute attribute)
            WriteAttribute(ref writer, attribute);
        else
            WriteNodes(ref writer, (XNode)root);
    }

    /// <summary>Names a part by its class and name, for messages.</summary>
    public static string Describe(XObject value) => value switch
    {
        XElement element => $"[XElement] [{element.Name}]",
        XAttribute attribute => $"[XAttribute] [{attribute.Name}]",
        _ => $"[{TypeText.Format(value.GetType())}]",
    };

    /// <summary>Writes how a program makes a copy that belongs to no document.</summary>
    public static string FormatCopy(XObject value) =>
        $"new {TypeText.Format(value.GetType())}({value.NodeType switch
        {
            XmlNodeType.Element => "element",
            XmlNodeType.Attribute => "attribute",
            XmlNodeType.Document => "document",
            _ => "node",
        }})";

    private void WriteNodes(ref MessagePackWriter writer, XNode root)
    {
        var node = root;
        while (true)
        {
            WriteNode(ref writer, node);
            var next = (node as XContainer)?.FirstNode;
            if (next is null && node is XContainer)
                writer.Write((int)XmlPart.End);
            while (next is null && node != root)
            {
                next = node.NextNode;
                if (next is not null)
                    break;
                node = node.Parent ?? root; // a document is no one's parent, and so it is the root
                writer.Write((int)XmlPart.End);
            }
            if (next is null)
                return;
            node = next;
        }
    }

    private void WriteNode(ref MessagePackWriter writer, XNode node)
    {
        switch (node)
        {
            case XElement element when node.GetType() == typeof(XElement):
                Begin(ref writer, element.IsEmpty || element.FirstNode is not null ? XmlPart.Element : XmlPart.OpenElement, element);
                WriteName(ref writer, element.Name);
                for (var attribute = element.FirstAttribute; attribute is not null; attribute = attribute.NextAttribute)
                    WriteAttribute(ref writer, attribute);
                break;
            case XCData data when node.GetType() == typeof(XCData):
                WriteTexts(ref writer, XmlPart.CData, data, data.Value);
                break;
            case XText text when node.GetType() == typeof(XText):
                WriteTexts(ref writer, XmlPart.Text, text, text.Value);
                break;
            case XComment comment when node.GetType() == typeof(XComment):
                WriteTexts(ref writer, XmlPart.Comment, comment, comment.Value);
                break;
            case XProcessingInstruction instruction when node.GetType() == typeof(XProcessingInstruction):
                WriteTexts(ref writer, XmlPart.Instruction, instruction, instruction.Target, instruction.Data);
                break;
            case XDocumentType type when node.GetType() == typeof(XDocumentType):
                WriteTexts(ref writer, XmlPart.DocumentType, type, type.Name, type.PublicId, type.SystemId, type.InternalSubset);
                break;
            case XDocument document when node.GetType() == typeof(XDocument):
                Begin(ref writer, XmlPart.Document, document);
                XmlDeclarationFormatter.Write(ref writer, document.Declaration);
                break;
            default:
                throw context.CreateError(
                    $"A tree of XML contains a [{TypeText.Format(node.GetType())}], which derives from .NET's "
                    + $"[{TypeText.Format(node.GetType().BaseType!)}].",
                    "Use .NET's class, and hold what is added to it beside the tree.");
        }
    }

    private void WriteAttribute(ref MessagePackWriter writer, XAttribute attribute)
    {
        Begin(ref writer, XmlPart.Attribute, attribute);
        WriteName(ref writer, attribute.Name);
        PackedString.Write(ref writer, attribute.Value);
    }

    private void WriteTexts(ref MessagePackWriter writer, XmlPart part, XNode node, params ReadOnlySpan<string?> texts)
    {
        Begin(ref writer, part, node);
        foreach (var text in texts)
            PackedString.Write(ref writer, text);
    }

    private void WriteName(ref MessagePackWriter writer, XName name)
    {
        if (_names.TryGetValue(name, out var number))
        {
            writer.Write(number);
            return;
        }
        _names[name] = _names.Count + 1;
        writer.Write(0);
        PackedString.Write(ref writer, name.NamespaceName);
        PackedString.Write(ref writer, name.LocalName);
    }

    private void Begin(ref MessagePackWriter writer, XmlPart part, XObject value)
    {
        if (value.Annotation<object>() is null)
        {
            writer.Write((int)part);
            return;
        }
        part |= FindPlace(value);
        writer.Write((int)part);
        if (part.HasFlag(XmlPart.HasPlace))
        {
            writer.Write(((IXmlLineInfo)value).LineNumber);
            writer.Write(((IXmlLineInfo)value).LinePosition);
        }
        if (part.HasFlag(XmlPart.HasBase))
            PackedString.Write(ref writer, value.BaseUri);
    }

    private XmlPart FindPlace(XObject value)
    {
        var place = default(XmlPart);
        foreach (var annotation in value.Annotations<object>())
        {
            var type = annotation.GetType();
            place |= type.Assembly != typeof(XObject).Assembly ? throw CreateAnnotationError(value, type) : type.Name switch
            {
                Line or EndLine => XmlPart.HasPlace,
                Base => XmlPart.HasBase,
                Handlers => throw context.CreateError(
                    $"The {Describe(value)} has handlers of Changed or Changing, which would hear nothing of the copy.",
                    $"Send a copy, {FormatCopy(value)}, or take the handlers off."),
                _ => throw CreateAnnotationError(value, type),
            };
        }
        return place;
    }

    private PayloadException CreateAnnotationError(XObject value, Type annotation) => context.CreateError(
        $"The {Describe(value)} has an annotation, a [{TypeText.Format(annotation)}], and annotations do not travel.",
        $"Send a copy without it, {FormatCopy(value)}, and what it says beside that.");
}
