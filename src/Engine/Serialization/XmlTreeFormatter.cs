using System.Xml.Linq;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats XML of LINQ as the sequence of its parts.</summary>
/// <remarks>
/// A text would not do: it joins texts that are side by side, changes the ends of lines, adds declarations of namespaces, and has no place
/// for characters that XML forbids.
/// </remarks>
internal sealed class XmlTreeFormatter<T> : IMessagePackFormatter<T?>
    where T : XObject
{
    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        if (value.Parent is not null || value.Document is not null && value is not XDocument)
        {
            throw context.CreateError(
                $"The {XmlTreeWriter.Describe(value)} is part of a document.",
                $"Send the document, or a copy: {XmlTreeWriter.FormatCopy(value)}.");
        }
        new XmlTreeWriter(context).Write(ref writer, value);
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => reader.TryReadNil()
        ? null
        : new XmlTreeReader().Read(ref reader) as T
            ?? throw new MessagePackSerializationException($"The payload has other XML than a [{TypeText.Format(typeof(T))}].");
}

/// <summary>Formats a declaration of XML as its three texts.</summary>
internal sealed class XmlDeclarationFormatter : IMessagePackFormatter<XDeclaration?>
{
    public void Serialize(ref MessagePackWriter writer, XDeclaration? value, MessagePackSerializerOptions options) =>
        Write(ref writer, value);

    public XDeclaration? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => Read(ref reader);

    public static void Write(ref MessagePackWriter writer, XDeclaration? value)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        writer.WriteArrayHeader(3);
        PackedString.Write(ref writer, value.Version);
        PackedString.Write(ref writer, value.Encoding);
        PackedString.Write(ref writer, value.Standalone);
    }

    public static XDeclaration? Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        return reader.ReadArrayHeader() == 3
            ? new XDeclaration(PackedString.Read(ref reader), PackedString.Read(ref reader), PackedString.Read(ref reader))
            : throw new MessagePackSerializationException("A declaration of XML does not have three parts.");
    }
}
