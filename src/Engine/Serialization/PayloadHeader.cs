using System.Buffers;
using System.Buffers.Binary;

namespace ActorPool.Serialization;

/// <summary>The five bytes before each run of items: how they are coded, and the size of an element in memory.</summary>
/// <remarks>Both sides choose the codec by the type that they agreed on; this finds out when their layouts of it differ.</remarks>
internal static class PayloadHeader
{
    public const byte Raw = 1;
    public const byte RawArrays = 2;
    public const byte Packed = 3;
    private const int Size = 1 + sizeof(int);

    public static void Write(PayloadWriter writer, byte kind, int elementSize)
    {
        var span = writer.GetSpan(Size);
        span[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], elementSize);
        writer.Advance(Size);
    }

    public static async ValueTask CheckAsync(PayloadReader reader, byte kind, int elementSize, Type type, CancellationToken cancellationToken)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Size);
        try
        {
            await ReadAsync(reader, bytes.AsMemory(0, Size), type, cancellationToken);
            var size = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(1));
            if (bytes[0] != kind || size != elementSize)
            {
                throw new PayloadException(
                    $"The payload has kind [{bytes[0]}] and elements of [{size}] bytes; for [{TypeText.Of(type)}] they are [{kind}] and [{elementSize}] here. " +
                    "Sender and receiver differ in the type's layout: run the same build on both.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Reads what must be there; a payload that is too short is the payload's fault.</summary>
    public static async ValueTask ReadAsync(PayloadReader reader, Memory<byte> destination, Type type, CancellationToken cancellationToken)
    {
        try
        {
            await reader.ReadExactlyAsync(destination, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new PayloadException($"The payload of [{TypeText.Of(type)}] is too short: {e.Message}", e);
        }
    }
}
