using System.Runtime.CompilerServices;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Objects as their fields, in order and without names: private ones, read-only ones and those of base classes too.</summary>
/// <remarks>
/// No constructor, property or callback runs. A field that is marked <see cref="NonSerializedAttribute"/> keeps its default. Two references to one object become
/// two objects. What a field's type loses by itself, its own formatter says.
/// </remarks>
internal sealed class ObjectFormatter<T> : IMessagePackFormatter<T>
{
    private ObjectShape _shape = null!;
    private FieldCode.WriteFields<T> _write = null!;
    private FieldCode.ReadFields<T> _read = null!;

    /// <summary>Gives it its fields; apart from the constructor, because types may contain themselves.</summary>
    public void Complete(ObjectShape shape, FieldCode.WriteFields<T> write, FieldCode.ReadFields<T> read) => (_shape, _write, _read) = (shape, write, read);

    public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (!typeof(T).IsValueType)
        {
            if (value is null)
            {
                writer.WriteNil();
                return;
            }
            if (value.GetType() != typeof(T))
                throw context.Sliced(typeof(T), value.GetType());
        }
        context.Enter(_shape, typeof(T).IsValueType ? null : value);
        writer.WriteArrayHeader(_shape.Fields.Length);
        _write(ref writer, ref value, context);
        context.Leave();
    }

    public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (!typeof(T).IsValueType && reader.TryReadNil())
            return default!;
        var context = (PayloadContext)options;
        context.Enter(_shape, instance: null);
        var fields = reader.ReadArrayHeader();
        if (fields != _shape.Fields.Length)
            throw new MessagePackSerializationException($"[{TypeText.Of(typeof(T))}] has [{_shape.Fields.Length}] fields here, and the payload [{fields}].");
        var value = typeof(T).IsValueType ? default! : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        _read(ref reader, ref value, context);
        context.Leave();
        return value;
    }
}
