using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Gets the surrogate's formatter after its constructor, because types may contain themselves.</summary>
internal interface IConvertedFormatter
{
    void SetSurrogate(object formatter);
}

/// <summary>Formats values as what a <see cref="Conversion"/> makes of them.</summary>
/// <typeparam name="TDeclared">The type for which the conversion was found.</typeparam>
/// <typeparam name="T">The type that is converted: this one or a more general one.</typeparam>
/// <typeparam name="TSurrogate">What travels.</typeparam>
internal sealed class ConvertedFormatter<TDeclared, T, TSurrogate>(Conversion conversion)
    : IMessagePackFormatter<TDeclared?>, IConvertedFormatter
{
    private readonly Func<T, TSurrogate> _to = (Func<T, TSurrogate>)conversion.To;
    private readonly Func<TSurrogate, T> _from = (Func<TSurrogate, T>)conversion.From;
    private IMessagePackFormatter<TSurrogate> _surrogate = null!;

    public void SetSurrogate(object formatter) => _surrogate = (IMessagePackFormatter<TSurrogate>)formatter;

    public void Serialize(ref MessagePackWriter writer, TDeclared? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        if (!typeof(TDeclared).IsValueType && value.GetType() != typeof(TDeclared)
            && context.Serializer.Conversions.Find(value.GetType()) != conversion)
        {
            context.WriteOpen(ref writer, value, typeof(TDeclared)); // another converter is nearer
            return;
        }
        var graph = context.Graph;
        var isShared = graph.IsOn && !typeof(TDeclared).IsValueType;
        if (isShared && graph.TryWriteReference(ref writer, value))
            return;
        if (isShared)
            graph.BeginClosed(value);
        context.BeforeUserCode();
        // The surrogate may begin with a mark of its own.
        writer.WriteArrayHeader(1);
        context.EnterWhole();
        _surrogate.Serialize(ref writer, Convert(_to, (T)(object)value), options);
        context.LeaveWhole();
        if (isShared)
            graph.EndClosed(value);
    }

    public TDeclared? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return default;
        var context = (PayloadContext)options;
        if (GraphMarks.IsNext(ref reader))
            return context.ReadMarked<TDeclared>(ref reader);
        var number = context.Graph.IsOn && !typeof(TDeclared).IsValueType ? context.Graph.Reserve() : -1;
        if (reader.ReadArrayHeader() != 1)
            throw new MessagePackSerializationException($"A [{TypeText.Format(typeof(T))}] has no surrogate.");
        context.EnterWhole();
        var surrogate = _surrogate.Deserialize(ref reader, options);
        context.LeaveWhole();
        if (Convert(_from, surrogate) is not TDeclared value)
        {
            throw new MessagePackSerializationException(
                $"The converter of [{TypeText.Format(typeof(T))}] made no [{TypeText.Format(typeof(TDeclared))}].");
        }
        if (number >= 0)
            context.Graph.Set(number, value);
        return value;
    }

    private static TOut Convert<TIn, TOut>(Func<TIn, TOut> convert, TIn value)
    {
        try
        {
            return convert(value);
        }
        catch (Exception e) when (!PayloadErrors.IsFinal(e))
        {
            throw new PayloadException(
                $"The converter of [{TypeText.Format(typeof(T))}] failed: {e.GetType().Name}: {SafeText.GetMessage(e)}", e);
        }
    }
}
