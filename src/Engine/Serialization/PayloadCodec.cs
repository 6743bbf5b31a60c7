namespace ActorPool.Serialization;

/// <summary>Writes and reads the values of one type, one at a time and boxed.</summary>
internal abstract class PayloadCodec
{
    public abstract void WriteBoxed(PayloadWriter writer, object? value);
    public abstract ValueTask<object?> ReadBoxedAsync(PayloadReader reader, CancellationToken cancellationToken);
}

/// <summary>Writes and reads values that have objects in common with others.</summary>
internal interface ISharingCodec
{
    /// <param name="writer">The writer.</param>
    /// <param name="value">The value.</param>
    /// <param name="context">That of all values that have objects in common, in the same order as when they are read.</param>
    void WriteShared(PayloadWriter writer, object? value, PayloadContext context);

    ValueTask<object?> ReadSharedAsync(PayloadReader reader, PayloadContext context, CancellationToken cancellationToken);
}

/// <summary>Writes and reads runs of values of one type. Thread-safe.</summary>
internal abstract class PayloadCodec<T> : PayloadCodec
{
    /// <summary>Writes the items; references large arrays instead of copying them.</summary>
    /// <remarks>
    /// Referenced arrays must not change until the payload has been sent. After an exception, discard the writer: it holds some of the
    /// items.
    /// </remarks>
    /// <param name="firstIndex">Position of <c>items[0]</c> in its job, for messages.</param>
    /// <exception cref="PayloadException">An item is too large, too deep, or of a type that cannot travel.</exception>
    public abstract void Write(PayloadWriter writer, ReadOnlyMemory<T> items, long firstIndex);

    /// <summary>Reads exactly as many items as <paramref name="items"/> has.</summary>
    /// <remarks>The number is not part of the payload; the receiver knows it from the chunk.</remarks>
    /// <exception cref="PayloadException">The bytes are not those of that many items, or an item is over a limit.</exception>
    public abstract ValueTask ReadAsync(PayloadReader reader, Memory<T> items, CancellationToken cancellationToken);

    public sealed override void WriteBoxed(PayloadWriter writer, object? value) => Write(writer, new[] { (T)value! }, 0);

    public sealed override async ValueTask<object?> ReadBoxedAsync(PayloadReader reader, CancellationToken cancellationToken)
    {
        var items = new T[1];
        await ReadAsync(reader, items, cancellationToken).ConfigureAwait(false);
        return items[0];
    }
}
