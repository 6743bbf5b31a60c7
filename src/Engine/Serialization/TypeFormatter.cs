using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats a <see cref="Type"/> as payloads name types.</summary>
internal sealed class TypeFormatter : IMessagePackFormatter<Type?>
{
    public void Serialize(ref MessagePackWriter writer, Type? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        if (value.IsByRef || value.IsPointer || value.ContainsGenericParameters || value.IsFunctionPointer)
            throw context.CreateError($"The type [{value}] cannot travel.", "Send its name, and look it up where it is used.");
        writer.WriteArrayHeader(1);
        context.Types.Write(ref writer, value);
    }

    public Type? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        if (reader.ReadArrayHeader() != 1 || GraphMarks.Read(ref reader, out var number) != GraphMark.Typed)
            throw new MessagePackSerializationException("A Type has no description.");
        return ((PayloadContext)options).Types.Read(ref reader, number);
    }
}
