namespace ActorPool.Serialization;

/// <summary>The parts of an XML tree, in the order in which a text has them.</summary>
/// <remarks>The numbers are part of the format. The bits above <see cref="Kinds"/> say what follows the number.</remarks>
internal enum XmlPart
{
    /// <summary>The end of the element or document that began last.</summary>
    End = 0,

    /// <summary>The name of an element; its attributes and nodes follow.</summary>
    Element = 1,

    /// <summary>An element without nodes that has a start and an end tag.</summary>
    OpenElement = 2,

    /// <summary>A name and a value.</summary>
    Attribute = 3,

    /// <summary>A text.</summary>
    Text = 4,

    /// <summary>A text in a CDATA section.</summary>
    CData = 5,

    /// <summary>A text.</summary>
    Comment = 6,

    /// <summary>A target and its data.</summary>
    Instruction = 7,

    /// <summary>The name, both ids and the internal subset of a document type.</summary>
    DocumentType = 8,

    /// <summary>A declaration or nil; the nodes follow.</summary>
    Document = 9,

    /// <summary>The bits of the kind.</summary>
    Kinds = 0x0F,

    /// <summary>A line and a position follow.</summary>
    HasPlace = 0x10,

    /// <summary>A base address follows.</summary>
    HasBase = 0x20,
}
