using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats values of an abstract class, an interface or <see cref="object"/> as what they are.</summary>
internal sealed class OpenFormatter<T> : IMessagePackFormatter<T?>
{
    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        if (value is null)
            writer.WriteNil();
        else
            ((PayloadContext)options).WriteOpen(ref writer, value, typeof(T));
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        reader.TryReadNil() ? default : ((PayloadContext)options).ReadOpen<T>(ref reader);
}

/// <summary>Formats values of a sequence's interface as what they are.</summary>
/// <remarks>
/// Sequences of unknown kinds arrive as arrays. An iterator has no items yet: it is enumerated, and a true precedes each item; a false
/// ends the sequence.
/// </remarks>
internal sealed class OpenSequenceFormatter<TSequence, T>(IMessagePackFormatter<T> item) : IMessagePackFormatter<TSequence?>
    where TSequence : class, IEnumerable<T>
{
    public void Serialize(ref MessagePackWriter writer, TSequence? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        if (!WireTypes.IsSequence(value.GetType()))
        {
            context.WriteOpen(ref writer, value, typeof(TSequence));
            return;
        }
        if (context.Graph.IsOn && context.Graph.TryWriteReference(ref writer, value))
            return;
        context.BeforeUserCode();
        GraphMarks.Write(ref writer, GraphMark.Sequence);
        context.Graph.BeginClosed(value);
        var count = 0;
        var isKnown = value.TryGetNonEnumeratedCount(out _);
        foreach (var one in value)
        {
            if (!isKnown)
                context.CheckComputed(++count);
            writer.Write(true);
            item.Serialize(ref writer, one, options);
        }
        writer.Write(false);
        context.Graph.EndClosed(value);
    }

    public TSequence? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var context = (PayloadContext)options;
        var peek = reader.CreatePeekReader();
        if (!GraphMarks.IsNext(ref peek) || GraphMarks.Read(ref peek, out _) != GraphMark.Sequence)
            return context.ReadOpen<TSequence>(ref reader);
        GraphMarks.Read(ref reader, out _);
        var number = context.Graph.IsOn ? context.Graph.Reserve() : 0;
        var items = new List<T>();
        while (reader.ReadBoolean())
            items.Add(item.Deserialize(ref reader, options));
        var array = items.ToArray();
        if (context.Graph.IsOn)
            context.Graph.Set(number, array);
        return (TSequence)(object)array;
    }
}
