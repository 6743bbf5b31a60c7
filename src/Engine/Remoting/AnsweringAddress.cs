using System.Globalization;
using ActorPool.Configuration;
using Google.Protobuf;

namespace ActorPool.Remoting;

/// <summary>Reads the address of the process that answers a call of Akka.Remote.</summary>
/// <remarks>
/// Each side of a new connection sends its own address first; Akka does not compare that of the called one with the address that it has
/// called, and a node that was called by another name drops every message. Akka's classes for it are internal, its bytes are fixed:
/// <c>WireFormats.proto</c>, message <c>AkkaProtocolMessage</c>. None filed; akka.net#2594 is near. Remove when Akka tells both addresses.
/// </remarks>
internal static class AnsweringAddress
{
    private const int InstructionField = 2;
    private const int HandshakeField = 2;
    private const int OriginField = 1;
    private const int HostField = 2;
    private const int PortField = 3;

    /// <summary>Reads the first message of a connection.</summary>
    /// <returns>Null if the message has none.</returns>
    public static NodeAddress? Find(ByteString message)
    {
        try
        {
            if (FindField(message, InstructionField) is not { } instruction || FindField(instruction, HandshakeField) is not { } handshake
                || FindField(handshake, OriginField) is not { } origin)
            {
                return null;
            }
            return ReadAddress(origin);
        }
        catch (InvalidProtocolBufferException)
        {
            return null; // Akka refuses it
        }
    }

    private static NodeAddress? ReadAddress(ByteString origin)
    {
        var input = origin.CreateCodedInput();
        var (host, port) = ("", 0u);
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case HostField when WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited:
                    host = input.ReadString();
                    break;
                case PortField when WireFormat.GetTagWireType(tag) == WireFormat.WireType.Varint:
                    port = input.ReadUInt32();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
        var text = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        return NodeAddress.TryParse(text, out var address) ? address : null;
    }

    /// <summary>Returns the last field of that number, as protobuf does; null if there is none.</summary>
    private static ByteString? FindField(ByteString message, int number)
    {
        var input = message.CreateCodedInput();
        ByteString? found = null;
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                found = input.ReadBytes();
            else
                input.SkipLastField();
        }
        return found;
    }
}
