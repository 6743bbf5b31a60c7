using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Gets the code for a type's fields after its constructor, because types may contain themselves.</summary>
internal interface IObjectFormatter<T>
{
    void Complete(ObjectShape shape, FieldCode.WriteFields<T> write, FieldCode.ReadFields<T> read);
}

/// <summary>Formats objects as their fields, in order and without names.</summary>
/// <remarks>
/// Private and read-only fields and those of base classes are included. No constructor, finalizer or property runs, and no callback but
/// those of <see cref="SerializationCallbacks"/>. A field that is marked <see cref="NonSerializedAttribute"/> keeps its default, and one in
/// which the type keeps its hash code (<see cref="HashCodes"/>) is as at the start. An object of a derived type travels as what it is.
/// </remarks>
internal sealed class ObjectFormatter<T> : IMessagePackFormatter<T>, ILaterFormatter, IObjectFormatter<T>
{
    private readonly StaticInstances? _statics = typeof(T).IsValueType ? null : StaticInstances.Find(typeof(T));
    private readonly SerializationCallbacks? _callbacks = SerializationCallbacks.Find(typeof(T));
    private readonly FSharpOrder? _order = FSharpOrder.Find(typeof(T));
    private readonly HashCache[] _caches = Blank.FindCaches(typeof(T));
    private ObjectShape _shape = null!;
    private int _fieldCount;
    private FieldCode.WriteFields<T> _write = null!;
    private FieldCode.ReadFields<T> _read = null!;

    public void Complete(ObjectShape shape, FieldCode.WriteFields<T> write, FieldCode.ReadFields<T> read) =>
        (_shape, _fieldCount, _write, _read) = (shape, shape.Fields.Length, write, read);

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
            {
                context.WriteOpen(ref writer, value, typeof(T));
                return;
            }
            if (_statics is not null && _statics.TryWrite(ref writer, value, context))
                return;
            if (context.IsGraph)
            {
                if (context.Graph.TryWriteReference(ref writer, value))
                    return;
                if (context.Depth >= ObjectGraph.InlineDepth && !context.IsInWhole)
                {
                    context.Graph.WriteLater(ref writer, this, value);
                    return;
                }
            }
        }
        WriteBody(ref writer, value, context);
    }

    public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        T value;
        if (typeof(T).IsValueType)
        {
            value = default!;
        }
        else
        {
            if (reader.TryReadNil())
                return default!;
            if (GraphMarks.IsNext(ref reader))
                return ReadMarked(ref reader, context);
            value = (T)Blank.Create(typeof(T), _caches);
            context.Graph.Add(value!);
        }
        ReadBody(ref reader, ref value, context);
        return value;
    }

    public void WriteLater(ref MessagePackWriter writer, object value, PayloadContext context) => WriteBody(ref writer, (T)value, context);

    public void ReadLater(ref MessagePackReader reader, object value, PayloadContext context)
    {
        var typed = (T)value;
        ReadBody(ref reader, ref typed, context);
    }

    private void WriteBody(ref MessagePackWriter writer, T value, PayloadContext context)
    {
        if (_callbacks is not null)
        {
            WriteWithCallbacks(ref writer, value, _callbacks, context);
            return;
        }
        context.Enter(_shape);
        writer.WriteArrayHeader(_fieldCount);
        _write(ref writer, ref value, context);
        context.Leave();
    }

    private void WriteWithCallbacks(ref MessagePackWriter writer, T value, SerializationCallbacks callbacks, PayloadContext context)
    {
        _order?.CheckSent(value!, context);
        callbacks.BeforeWriting(value!, context);
        context.Enter(_shape);
        writer.WriteArrayHeader(_fieldCount);
        _write(ref writer, ref value, context);
        context.Leave();
        callbacks.AfterWriting(value!);
    }

    private void ReadBody(ref MessagePackReader reader, ref T value, PayloadContext context)
    {
        context.Enter(_shape);
        var fields = reader.ReadArrayHeader();
        if (fields != _fieldCount)
        {
            throw new MessagePackSerializationException(
                $"[{TypeText.Format(typeof(T))}] has [{_fieldCount}] fields here, and the payload has [{fields}].");
        }
        _callbacks?.BeforeReading(ref value);
        _read(ref reader, ref value, context);
        var items = _order?.CountRead(value!);
        _callbacks?.AfterReading(ref value, context.Graph);
        if (items is { } count)
            _order!.CheckArrived(value!, count, context);
        context.Leave();
    }

    private T ReadMarked(ref MessagePackReader reader, PayloadContext context)
    {
        var mark = GraphMarks.Read(ref reader, out var number);
        switch (mark)
        {
            case GraphMark.Reference:
                return context.Graph.Get<T>(number);
            case GraphMark.Typed:
                return context.ReadTyped<T>(ref reader, number);
            case GraphMark.Static when _statics is not null && _statics.Read(ref reader, number, context) is T instance:
                return instance;
            case GraphMark.Later when context.Graph.IsOn:
                var value = (T)Blank.Create(typeof(T), _caches);
                context.Graph.Add(value!);
                context.Graph.ReadLater(this, value!);
                return value;
            default:
                throw GraphMarks.CreateUnexpectedError(mark, typeof(T));
        }
    }
}
