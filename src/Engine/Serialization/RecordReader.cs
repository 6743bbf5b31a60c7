using System.Runtime.CompilerServices;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Reads what <see cref="RecordWriter"/> wrote, and trusts none of it.</summary>
/// <remarks>
/// Every method throws an <see cref="InvalidDataException"/> if the bytes are something else or exceed their limit, before it allocates
/// anything for them.
/// </remarks>
internal sealed class RecordReader(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    private delegate T Reading<T>(ref MessagePackReader packed);

    /// <summary>Reads the start of a record of exactly this many fields.</summary>
    public void ReadRecordHeader(int fields)
    {
        if (ReadCount(int.MaxValue) is var count && count != fields)
            throw new InvalidDataException($"A record has [{count}] fields instead of [{fields}].");
    }

    /// <summary>Reads the length of a list, bounded by the limit and the remaining bytes.</summary>
    public int ReadCount(int max)
    {
        var count = Read(static (ref MessagePackReader packed) => packed.ReadArrayHeader());
        return count <= max ? count : throw new InvalidDataException($"A list has [{count}] elements; the limit is [{max}].");
    }

    /// <summary>Skips a null if one comes next; returns whether it did.</summary>
    public bool TryReadNull() => Read(static (ref MessagePackReader packed) => packed.TryReadNil());

    public bool ReadBoolean() => Read(static (ref MessagePackReader packed) => packed.ReadBoolean());

    public byte ReadByte() => Read(static (ref MessagePackReader packed) => packed.ReadByte());

    public int ReadInt32() => Read(static (ref MessagePackReader packed) => packed.ReadInt32());

    public long ReadInt64() => Read(static (ref MessagePackReader packed) => packed.ReadInt64());

    public TimeSpan ReadTimeSpan() => TimeSpan.FromTicks(ReadInt64());

    /// <summary>Reads a value that the enum defines.</summary>
    public T ReadEnum<T>()
        where T : struct, Enum
    {
        var number = ReadByte();
        var value = Unsafe.BitCast<byte, T>(number);
        return Enum.IsDefined(value) ? value : throw new InvalidDataException($"[{number}] is not a value of {typeof(T).Name}.");
    }

    /// <summary>Reads an index into a list of this many elements.</summary>
    public int ReadIndex(int count) =>
        ReadInt32() is var index && (uint)index < (uint)count
            ? index
            : throw new InvalidDataException($"[{index}] is not an index into a list of [{count}] elements.");

    public string ReadString(int maxBytes) => ReadOptionalString(maxBytes) ?? throw new InvalidDataException("A text is missing.");

    public string? ReadOptionalString(int maxBytes)
    {
        if (TryReadNull())
            return null;
        var start = _position;
        _ = ReadSlice(static (ref MessagePackReader packed) => LengthOfString(ref packed), maxBytes);
        _position = start;
        return Read(static (ref MessagePackReader packed) => PackedString.Read(ref packed));
    }

    public Version ReadVersion() =>
        ReadString(64) is var text && Version.TryParse(text, out var version)
            ? version
            : throw new InvalidDataException($"[{text}] is not a version.");

    public Guid ReadGuid() => new(ReadBytes(exactly: 16).Span);

    /// <summary>Reads a field of exactly this many bytes: a part of the reader's memory.</summary>
    public ReadOnlyMemory<byte> ReadBytes(int exactly)
    {
        var slice = ReadBytesUpTo(exactly);
        return slice.Length == exactly
            ? slice
            : throw new InvalidDataException($"A field has [{slice.Length}] bytes instead of [{exactly}].");
    }

    /// <summary>Reads a field of at most this many bytes: a part of the reader's memory.</summary>
    public ReadOnlyMemory<byte> ReadBytesUpTo(int max) =>
        ReadSlice(static (ref MessagePackReader packed) => packed.ReadBytes()?.Length ?? 0, max);

    /// <summary>Checks that nothing follows.</summary>
    public void ReadEnd()
    {
        if (_position != bytes.Length)
            throw new InvalidDataException($"[{bytes.Length - _position}] bytes are left over.");
    }

    private static long LengthOfString(ref MessagePackReader packed) =>
        (packed.NextMessagePackType == MessagePackType.Binary ? packed.ReadBytes() : packed.ReadStringSequence())?.Length ?? 0;

    // The library has checked that the length is within the memory; the bytes that it read end at the position.
    private ReadOnlyMemory<byte> ReadSlice(Reading<long> readLength, int max)
    {
        var length = Read(readLength);
        return length <= max
            ? bytes.Slice(_position - (int)length, (int)length)
            : throw new InvalidDataException($"A field has [{length}] bytes; the limit is [{max}].");
    }

    private T Read<T>(Reading<T> read)
    {
        var packed = new MessagePackReader(bytes[_position..]);
        try
        {
            var value = read(ref packed);
            _position += (int)packed.Consumed;
            return value;
        }
        catch (Exception e)
            when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException($"These are not the bytes of a record: {e.Message}", e);
        }
    }
}
