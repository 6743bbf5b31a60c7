using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats strings as UTF-8; a string that is not valid UTF-16 as its bytes.</summary>
/// <remarks>Half of an emoji is such a string. Both kinds arrive unchanged.</remarks>
internal sealed class PackedString : IMessagePackFormatter<string?>
{
    private const int MaxGuessedChars = 4 * 1024; // up to here, space for three bytes a character is requested at once

    public static readonly PackedString Instance = new();

    public static void Write(ref MessagePackWriter writer, string? value)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        if (value.Length > MaxGuessedChars)
        {
            WriteLong(ref writer, value);
            return;
        }
        var guessedSize = GetHeaderSize(value.Length);
        var span = writer.GetSpan(5 + 3 * value.Length);
        if (Utf8.FromUtf16(value, span[guessedSize..], out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            WriteUtf16(ref writer, value);
            return;
        }
        var size = GetHeaderSize(length);
        if (size != guessedSize)
            span.Slice(guessedSize, length).CopyTo(span[size..]);
        WriteHeader(span, length);
        writer.Advance(size + length);
    }

    public static string? Read(ref MessagePackReader reader)
    {
        if (reader.NextMessagePackType != MessagePackType.Binary)
            return reader.ReadString();
        var bytes = reader.ReadBytes()!.Value;
        if (bytes.Length % sizeof(char) != 0)
            throw new MessagePackSerializationException($"A UTF-16 string has [{bytes.Length}] bytes, an odd number.");
        return string.Create(
            (int)(bytes.Length / sizeof(char)), bytes, static (characters, from) => from.CopyTo(MemoryMarshal.AsBytes(characters)));
    }

    public void Serialize(ref MessagePackWriter writer, string? value, MessagePackSerializerOptions options) => Write(ref writer, value);

    public string? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => Read(ref reader);

    private static void WriteLong(ref MessagePackWriter writer, string value)
    {
        var utf8 = Encoding.UTF8.GetByteCount(value);
        var span = writer.GetSpan(5 + utf8);
        var target = span[GetHeaderSize(utf8)..];
        if (Utf8.FromUtf16(value, target, out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            WriteUtf16(ref writer, value);
            return;
        }
        WriteHeader(span, length);
        writer.Advance(GetHeaderSize(length) + length);
    }

    private static void WriteUtf16(ref MessagePackWriter writer, string value) => writer.Write(MemoryMarshal.AsBytes(value.AsSpan()));

    private static int GetHeaderSize(int length) => length switch { < 32 => 1, <= byte.MaxValue => 2, <= ushort.MaxValue => 3, _ => 5 };

    private static void WriteHeader(Span<byte> span, int length)
    {
        switch (GetHeaderSize(length))
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
