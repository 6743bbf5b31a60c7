using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Gets the formatter of its items after its constructor, because a collection may contain itself.</summary>
internal interface IDerivedCollectionFormatter
{
    void SetContent(object formatter);
}

/// <summary>Formats objects of a class that derives from a collection of .NET.</summary>
/// <remarks>Sent as the items and the class's own fields. No constructor of the class runs, only the collection's.</remarks>
internal sealed class DerivedCollectionFormatter<T, TContent>(DerivedCollection collection)
    : IMessagePackFormatter<T?>, IObjectFormatter<T>, IDerivedCollectionFormatter
    where T : class
{
    private readonly SerializationCallbacks? _callbacks = SerializationCallbacks.Find(typeof(T));
    private IMessagePackFormatter<TContent> _content = null!;
    private ObjectShape _shape = null!;
    private FieldCode.WriteFields<T> _write = null!;
    private FieldCode.ReadFields<T> _read = null!;

    public void SetContent(object formatter) => _content = (IMessagePackFormatter<TContent>)formatter;

    public void Complete(ObjectShape shape, FieldCode.WriteFields<T> write, FieldCode.ReadFields<T> read) =>
        (_shape, _write, _read) = (shape, write, read);

    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryWriteInstead(ref writer, value))
            return;
        _callbacks?.BeforeWriting(value, context);
        context.Enter(_shape);
        writer.WriteArrayHeader(1 + _shape.Fields.Length);
        _content.Serialize(ref writer, (TContent)collection.GetContent(value, context), options);
        _write(ref writer, ref value, context);
        context.Leave();
        _callbacks?.AfterWriting(value);
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryReadInstead<T>(ref reader, out var other))
            return other;
        var value = (T)Blank.Create(typeof(T));
        context.Graph.Add(value);
        context.Enter(_shape);
        if (reader.ReadArrayHeader() != 1 + _shape.Fields.Length)
            throw new MessagePackSerializationException($"A [{TypeText.Format(typeof(T))}] has another number of fields here.");
        object content = _content.Deserialize(ref reader, options)
            ?? throw new MessagePackSerializationException($"The items of a [{TypeText.Format(typeof(T))}] are nil.");
        _callbacks?.BeforeReading(ref value);
        if (collection.Waits)
        {
            // Also an empty one works meanwhile; the comparer is that of the copy.
            var filled = value;
            context.Graph.AtEnd(() => collection.Fill(filled, content));
        }
        else
        {
            collection.Fill(value, content);
        }
        _read(ref reader, ref value, context);
        _callbacks?.AfterReading(ref value, context.Graph);
        context.Leave();
        return value;
    }
}
