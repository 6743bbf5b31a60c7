using System.Buffers;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Writes the fields of records as MessagePack.</summary>
internal readonly struct RecordWriter(IBufferWriter<byte> output)
{
    /// <summary>Writes the start of a record of this many fields.</summary>
    public void WriteRecordHeader(int fields) => WriteCount(fields);

    /// <summary>Writes the start of a list of this many elements.</summary>
    public void WriteCount(int count)
    {
        var packed = new MessagePackWriter(output);
        packed.WriteArrayHeader(count);
        packed.Flush();
    }

    public void WriteNull()
    {
        var packed = new MessagePackWriter(output);
        packed.WriteNil();
        packed.Flush();
    }

    public void WriteBoolean(bool value)
    {
        var packed = new MessagePackWriter(output);
        packed.Write(value);
        packed.Flush();
    }

    public void WriteByte(byte value) => WriteInt64(value);

    public void WriteInt32(int value) => WriteInt64(value);

    public void WriteInt64(long value)
    {
        var packed = new MessagePackWriter(output);
        packed.Write(value);
        packed.Flush();
    }

    public void WriteTimeSpan(TimeSpan value) => WriteInt64(value.Ticks);

    /// <summary>Writes a string, which arrives unchanged even if it is not valid UTF-16.</summary>
    public void WriteString(string? value)
    {
        var packed = new MessagePackWriter(output);
        PackedString.Write(ref packed, value);
        packed.Flush();
    }

    public void WriteVersion(Version value) => WriteString(value.ToString());

    public void WriteGuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes);
        WriteBytes(bytes);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        var packed = new MessagePackWriter(output);
        packed.Write(value);
        packed.Flush();
    }

    /// <summary>Writes all bytes of a payload as one field.</summary>
    public void WriteBytes(PayloadWriter payload)
    {
        var packed = new MessagePackWriter(output);
        packed.WriteBinHeader(checked((int)payload.Length));
        foreach (var segment in payload.GetSegments())
            packed.WriteRaw(segment.Span);
        packed.Flush();
    }
}
