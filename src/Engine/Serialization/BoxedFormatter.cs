using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats values whose type is known only at run time.</summary>
internal interface IBoxedFormatter
{
    void Write(ref MessagePackWriter writer, object value, PayloadContext context);
    object? Read(ref MessagePackReader reader, PayloadContext context);
}

/// <summary>Formats boxed values of one type.</summary>
internal sealed class BoxedFormatter<T>(IMessagePackFormatter<T> inner) : IBoxedFormatter
{
    public void Write(ref MessagePackWriter writer, object value, PayloadContext context) =>
        inner.Serialize(ref writer, (T)value, context);

    public object? Read(ref MessagePackReader reader, PayloadContext context) => inner.Deserialize(ref reader, context);
}
