using ActorPool.Remoting;
using Google.Protobuf;

namespace ActorPool.Tests.Remoting;

/// <summary>The address in the first message of a process that was called.</summary>
public sealed class AnsweringAddressTests
{
    [Theory]
    [InlineData("10.0.0.5", 8110, "10.0.0.5:8110")]
    [InlineData("node1", 1, "node1:1")]
    [InlineData("[::1]", 65535, "[::1]:65535")]
    public void The_address_of_a_handshake_is_read(string host, uint port, string expected) =>
        Assert.Equal(expected, AnsweringAddress.Find(CreateHandshake(host, port)).ToString());

    [Theory]
    [InlineData("", 8110)]
    [InlineData("10.0.0.5", 0)]
    [InlineData("10.0.0.5", 65536)]
    [InlineData("a/b", 8110)]
    public void What_is_no_address_is_none(string host, uint port) => Assert.Null(AnsweringAddress.Find(CreateHandshake(host, port)));

    [Fact]
    public void Changed_and_cut_messages_give_an_address_or_none()
    {
        var message = CreateHandshake("10.0.0.5", 8110).ToByteArray();
        for (var at = 0; at < message.Length; at++)
        {
            AnsweringAddress.Find(ByteString.CopyFrom(message, 0, at));
            for (var value = 0; value <= byte.MaxValue; value++)
            {
                var changed = message.ToArray();
                changed[at] = (byte)value;
                AnsweringAddress.Find(ByteString.CopyFrom(changed));
            }
        }
    }

    /// <summary>Writes what Akka sends.</summary>
    /// <remarks>The kind of message, the address with its system and protocol, and the number of the process.</remarks>
    private static ByteString CreateHandshake(string host, uint port)
    {
        var origin = Write(output =>
        {
            WriteText(output, 1, "actorpool");
            WriteText(output, 2, host);
            output.WriteTag(3, WireFormat.WireType.Varint);
            output.WriteUInt32(port);
            WriteText(output, 4, "akka.tcp");
        });
        var handshake = Write(output =>
        {
            WriteBytes(output, 1, origin);
            output.WriteTag(2, WireFormat.WireType.Fixed64);
            output.WriteFixed64(42);
        });
        var instruction = Write(output =>
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteUInt32(1);
            WriteBytes(output, 2, handshake);
        });
        return Write(output => WriteBytes(output, 2, instruction));
    }

    private static ByteString Write(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
            write(output);
        return ByteString.CopyFrom(stream.ToArray());
    }

    private static void WriteText(CodedOutputStream output, int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }

    private static void WriteBytes(CodedOutputStream output, int field, ByteString bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(bytes);
    }
}
