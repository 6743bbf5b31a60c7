using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Codes values without references as their bytes in memory; large runs are not copied.</summary>
/// <remarks>
/// Invalid values (a <see cref="bool"/> of 2, a <see cref="decimal"/> of scale 200) are not checked for: neither side's memory is at risk.
/// </remarks>
internal sealed class RawCodec<T> : PayloadCodec<T>
{
    public override void Write(PayloadWriter writer, ReadOnlyMemory<T> items, long firstIndex)
    {
        PayloadHeader.Write(writer, PayloadHeader.Raw, Unsafe.SizeOf<T>());
        RawMemory.Write(writer, items);
    }

    public override async ValueTask ReadAsync(PayloadReader reader, Memory<T> items, CancellationToken cancellationToken)
    {
        await PayloadHeader.CheckAsync(reader, PayloadHeader.Raw, Unsafe.SizeOf<T>(), typeof(T), cancellationToken).ConfigureAwait(false);
        await RawMemory.ReadAsync(reader, items, cancellationToken).ConfigureAwait(false);
    }
}
