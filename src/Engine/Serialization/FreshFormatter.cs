using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats an object that serves as a lock: a new one arrives.</summary>
/// <remarks>It has no content; what counts is that the same object stays the same within an item.</remarks>
internal sealed class FreshFormatter<T>(Func<T> create) : IMessagePackFormatter<T?>
    where T : class
{
    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        if (value is null)
            writer.WriteNil();
        else
            writer.Write(true);
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        reader.ReadBoolean();
        return create();
    }
}
