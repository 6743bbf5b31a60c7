using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Codes arrays of values without references as their bytes in memory.</summary>
/// <remarks>All lengths come first, -1 for null, then the arrays.</remarks>
internal sealed class RawArrayCodec<TElement>(PayloadLimits limits) : PayloadCodec<TElement[]?>
{
    private const int LengthsAtOnce = 4096;

    public override void Write(PayloadWriter writer, ReadOnlyMemory<TElement[]?> items, long firstIndex)
    {
        PayloadHeader.Write(writer, PayloadHeader.RawArrays, Unsafe.SizeOf<TElement>());
        for (var first = 0; first < items.Length; first += LengthsAtOnce)
        {
            var some = items.Span.Slice(first, Math.Min(LengthsAtOnce, items.Length - first));
            var span = writer.GetSpan(some.Length * sizeof(int));
            for (var i = 0; i < some.Length; i++)
            {
                if (some[i] is { } array && (long)array.Length * Unsafe.SizeOf<TElement>() is var size && size > limits.MaxItemBytes)
                    throw PayloadErrors.CreateTooLarge(typeof(TElement[]), size, limits, firstIndex + first + i);
                if (some[i] is { } one && one.GetType() != typeof(TElement[]))
                    throw CreateOtherTypeError(one.GetType(), firstIndex + first + i);
                BinaryPrimitives.WriteInt32LittleEndian(span[(i * sizeof(int))..], some[i]?.Length ?? -1);
            }
            writer.Advance(some.Length * sizeof(int));
        }
        foreach (var array in items.Span)
        {
            if (array is not null)
                RawMemory.Write<TElement>(writer, array);
        }
    }

    public override async ValueTask ReadAsync(PayloadReader reader, Memory<TElement[]?> items, CancellationToken cancellationToken)
    {
        await PayloadHeader.CheckAsync(reader, PayloadHeader.RawArrays, Unsafe.SizeOf<TElement>(), typeof(TElement[]), cancellationToken)
            .ConfigureAwait(false);
        if ((long)items.Length * sizeof(int) > reader.Remaining)
        {
            throw new PayloadException(
                $"The payload has only [{reader.Remaining}] bytes left "
                + $"for [{items.Length}] arrays of [{TypeText.Format(typeof(TElement))}].");
        }
        var lengths = ArrayPool<byte>.Shared.Rent(items.Length * sizeof(int));
        try
        {
            await PayloadHeader.ReadAsync(reader, lengths.AsMemory(0, items.Length * sizeof(int)), typeof(TElement[]), cancellationToken)
                .ConfigureAwait(false);
            Check(lengths, items.Length, reader.Remaining);
            for (var i = 0; i < items.Length; i++)
            {
                var length = ReadLength(lengths, i);
                if (length < 0)
                {
                    items.Span[i] = null;
                    continue;
                }
                var array = length == 0 ? [] : GC.AllocateUninitializedArray<TElement>(length);
                await RawMemory.ReadAsync<TElement>(reader, array, cancellationToken).ConfigureAwait(false);
                items.Span[i] = array; // only once it is full: no one may see what this memory held before
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lengths);
        }
    }

    // The runtime takes an array of an enum, or of numbers without a sign, for one of the numbers.
    private static PayloadException CreateOtherTypeError(Type type, long index) => new(
        $"Item {index} is declared as a [{TypeText.Format(typeof(TElement[]))}], and is a [{TypeText.Format(type)}]: it would arrive as "
        + "what it is declared. Declare the inputs as what they are, or copy the items into an array of the declared type.")
    {
        Member = TypeText.Format(typeof(TElement[])),
    };

    private void Check(byte[] lengths, int count, long remaining)
    {
        long sum = 0;
        for (var i = 0; i < count; i++)
        {
            var length = ReadLength(lengths, i);
            var size = (long)length * Unsafe.SizeOf<TElement>();
            if (length < -1)
            {
                throw new PayloadException(
                    $"Array [{i}] of [{TypeText.Format(typeof(TElement))}] claims the length [{length}]: "
                    + "these bytes are not such a payload.");
            }
            if (size > limits.MaxItemBytes)
                throw PayloadErrors.CreateTooLarge(typeof(TElement[]), size, limits, i);
            sum += Math.Max(0, size);
        }
        if (sum > remaining)
        {
            throw new PayloadException(
                $"The arrays of [{TypeText.Format(typeof(TElement))}] claim [{sum}] bytes, and the payload has [{remaining}] left.");
        }
    }

    private static int ReadLength(byte[] lengths, int index) =>
        BinaryPrimitives.ReadInt32LittleEndian(lengths.AsSpan(index * sizeof(int)));
}
