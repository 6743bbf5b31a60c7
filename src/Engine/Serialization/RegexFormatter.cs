using System.Text.RegularExpressions;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats a <see cref="Regex"/> as its pattern, options and timeout.</summary>
/// <remarks>A generated one arrives as an interpreted one of the same pattern.</remarks>
internal sealed class RegexFormatter : IMessagePackFormatter<Regex?>
{
    public void Serialize(ref MessagePackWriter writer, Regex? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        writer.WriteArrayHeader(3);
        PackedString.Write(ref writer, value.ToString());
        writer.Write((int)value.Options);
        writer.Write(value.MatchTimeout.Ticks);
    }

    public Regex? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        if (reader.ReadArrayHeader() != 3)
            throw new MessagePackSerializationException("A Regex does not have three parts.");
        var pattern = PackedString.Read(ref reader) ?? throw new MessagePackSerializationException("The pattern of a Regex is nil.");
        return new Regex(pattern, (RegexOptions)reader.ReadInt32(), TimeSpan.FromTicks(reader.ReadInt64()));
    }
}
