using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Strings as UTF-8; one that is no valid UTF-16, such as half of an emoji, as its own bytes. Either arrives as it was.</summary>
internal sealed class PackedString : IMessagePackFormatter<string?>
{
    private const int LongestGuess = 4 * 1024; // up to here, room for three bytes a character is taken at once

    public static readonly PackedString Instance = new();

    public static void Write(ref MessagePackWriter writer, string? value)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        if (value.Length > LongestGuess)
        {
            WriteLong(ref writer, value);
            return;
        }
        var guess = HeaderSize(value.Length);
        var span = writer.GetSpan(5 + 3 * value.Length);
        if (Utf8.FromUtf16(value, span[guess..], out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            WriteUtf16(ref writer, value);
            return;
        }
        var size = HeaderSize(length);
        if (size != guess)
            span.Slice(guess, length).CopyTo(span[size..]);
        WriteHeader(span, length);
        writer.Advance(size + length);
    }

    public static string? Read(ref MessagePackReader reader)
    {
        if (reader.NextMessagePackType != MessagePackType.Binary)
            return reader.ReadString();
        var bytes = reader.ReadBytes()!.Value;
        if (bytes.Length % sizeof(char) != 0)
            throw new MessagePackSerializationException($"A string of UTF-16 has [{bytes.Length}] bytes.");
        return string.Create((int)(bytes.Length / sizeof(char)), bytes, static (characters, from) => from.CopyTo(MemoryMarshal.AsBytes(characters)));
    }

    public void Serialize(ref MessagePackWriter writer, string? value, MessagePackSerializerOptions options) => Write(ref writer, value);

    public string? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => Read(ref reader);

    private static void WriteLong(ref MessagePackWriter writer, string value)
    {
        var utf8 = Encoding.UTF8.GetByteCount(value);
        var span = writer.GetSpan(5 + utf8);
        if (Utf8.FromUtf16(value, span[HeaderSize(utf8)..], out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            WriteUtf16(ref writer, value);
            return;
        }
        WriteHeader(span, length);
        writer.Advance(HeaderSize(length) + length);
    }

    private static void WriteUtf16(ref MessagePackWriter writer, string value) => writer.Write(MemoryMarshal.AsBytes(value.AsSpan()));

    private static int HeaderSize(int length) => length switch { < 32 => 1, <= byte.MaxValue => 2, <= ushort.MaxValue => 3, _ => 5 };

    private static void WriteHeader(Span<byte> span, int length)
    {
        switch (HeaderSize(length))
        {
            case 1:
                span[0] = (byte)(MessagePackCode.MinFixStr | length);
                break;
            case 2:
                (span[0], span[1]) = (MessagePackCode.Str8, (byte)length);
                break;
            case 3:
                span[0] = MessagePackCode.Str16;
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)length);
                break;
            default:
                span[0] = MessagePackCode.Str32;
                BinaryPrimitives.WriteInt32BigEndian(span[1..], length);
                break;
        }
    }
}
