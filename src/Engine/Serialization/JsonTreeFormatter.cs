using System.Text.Json.Nodes;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats JSON that can be changed, as the sequence of its parts.</summary>
/// <remarks>A text would not do: it does not tell options, nor of which types the values were made.</remarks>
internal sealed class JsonTreeFormatter<T> : IMessagePackFormatter<T?>
    where T : JsonNode
{
    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        if (value.Parent is not null)
        {
            throw context.CreateError( // alone, it would have no parent there
                $"A [{TypeText.Format(WireTypes.Find(value))}] is part of a document, [{JsonTreeWriter.FormatPath(value)}].",
                "Send the document, or a DeepClone().");
        }
        JsonTreeWriter.Write(ref writer, value, context);
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => reader.TryReadNil()
        ? null
        : JsonTreeReader.Read(ref reader, (PayloadContext)options) as T
            ?? throw new MessagePackSerializationException($"The payload has other JSON than a [{TypeText.Format(typeof(T))}].");
}
