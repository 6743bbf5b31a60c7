using System.Buffers;
using System.Buffers.Binary;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Writes and checks the five bytes before each run of items.</summary>
/// <remarks>
/// They say how the items are coded, and the size of an element in memory. Both sides choose the codec by the type that they agreed on;
/// the header shows if their layouts of that type differ.
/// </remarks>
internal static class PayloadHeader
{
    public const byte Raw = 1;
    public const byte RawArrays = 2;
    public const byte Packed = 3;
    public const byte PackedGraph = 4; // with numbered objects
    private const int Size = 1 + sizeof(int);

    public static void Write(PayloadWriter writer, byte kind, int elementSize)
    {
        var span = writer.GetSpan(Size);
        span[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], elementSize);
        writer.Advance(Size);
    }

    public static async ValueTask CheckAsync(
        PayloadReader reader, byte kind, int elementSize, Type type, CancellationToken cancellationToken)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Size);
        try
        {
            await ReadAsync(reader, bytes.AsMemory(0, Size), type, cancellationToken).ConfigureAwait(false);
            var size = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(1));
            if (bytes[0] != kind || size != elementSize)
            {
                throw new PayloadException(
                    $"The payload has kind [{bytes[0]}] and elements of [{size}] bytes; "
                    + $"for [{TypeText.Format(type)}] they are [{kind}] and [{elementSize}] here. "
                    + "Sender and receiver differ in the type's layout: run the same build on both.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Reads exactly as many bytes as the destination has.</summary>
    /// <exception cref="PayloadException">The payload is too short.</exception>
    public static async ValueTask ReadAsync(PayloadReader reader, Memory<byte> destination, Type type, CancellationToken cancellationToken)
    {
        try
        {
            await reader.ReadExactlyAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new PayloadException($"The payload of [{TypeText.Format(type)}] is too short: {e.Message}", e);
        }
    }
}
