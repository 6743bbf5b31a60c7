using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats objects so that one object stays one object.</summary>
/// <remarks>
/// Those of derived types travel as what they are. For objects that are made once their parts were read: they cannot contain themselves.
/// </remarks>
internal sealed class ClosedFormatter<T>(IMessagePackFormatter<T> inner) : IMessagePackFormatter<T>
    where T : class
{
    public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options)
    {
        var graph = ((PayloadContext)options).Graph;
        if (value is not null && value.GetType() != typeof(T) && WireTypes.Find(value) != typeof(T))
        {
            ((PayloadContext)options).WriteOpen(ref writer, value, typeof(T));
            return;
        }
        if (value is null || !graph.IsOn)
        {
            inner.Serialize(ref writer, value!, options);
            return;
        }
        if (graph.TryWriteReference(ref writer, value))
            return;
        graph.BeginClosed(value);
        inner.Serialize(ref writer, value, options);
        graph.EndClosed(value);
    }

    public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (GraphMarks.IsNext(ref reader))
            return context.ReadMarked<T>(ref reader);
        if (!context.Graph.IsOn || reader.IsNil)
            return inner.Deserialize(ref reader, options);
        var number = context.Graph.Reserve();
        var value = inner.Deserialize(ref reader, options);
        context.Graph.Set(number, value);
        return value;
    }
}
