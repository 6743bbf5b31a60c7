using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats comparers by themselves.</summary>
/// <typeparam name="TDeclared">The declared type of the comparer.</typeparam>
/// <typeparam name="T">What it compares.</typeparam>
internal sealed class ComparerFormatter<TDeclared, T>(object ofType) : IMessagePackFormatter<TDeclared?>
    where TDeclared : class
{
    public void Serialize(ref MessagePackWriter writer, TDeclared? value, MessagePackSerializerOptions options)
    {
        if (value is null)
            writer.WriteNil();
        else
            KnownComparer.Write<T>(ref writer, value, (PayloadContext)options, isAlone: true);
    }

    public TDeclared? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        reader.TryReadNil()
            ? null
            : (KnownComparer.Read(ref reader, (PayloadContext)options) ?? ofType) as TDeclared
                ?? throw new MessagePackSerializationException("A comparer compares another type.");
}
