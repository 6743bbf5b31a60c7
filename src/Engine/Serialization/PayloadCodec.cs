namespace ActorPool.Serialization;

/// <summary>Writes and reads the values of one type, one at a time and boxed.</summary>
internal abstract class PayloadCodec
{
    public abstract void WriteBoxed(PayloadWriter writer, object? value);
    public abstract ValueTask<object?> ReadBoxedAsync(PayloadReader reader, CancellationToken cancellationToken);
}

/// <summary>Writes and reads runs of values of one type. Thread-safe.</summary>
internal abstract class PayloadCodec<T> : PayloadCodec
{
    /// <summary>Writes the items; large arrays are referenced and must not change until the payload has been sent.</summary>
    /// <remarks>After an exception the writer holds part of them: give it up.</remarks>
    /// <param name="firstIndex">Position of <c>items[0]</c> in its job, for messages.</param>
    /// <exception cref="PayloadException">An item is too large, too deep, or of a type that cannot travel.</exception>
    public abstract void Write(PayloadWriter writer, ReadOnlyMemory<T> items, long firstIndex);

    /// <summary>Fills exactly <paramref name="items"/>. Its number is no part of the payload; the receiver knows it from the chunk.</summary>
    /// <exception cref="PayloadException">The bytes are not those of so many items, or one of them is over a limit.</exception>
    public abstract ValueTask ReadAsync(PayloadReader reader, Memory<T> items, CancellationToken cancellationToken);

    public sealed override void WriteBoxed(PayloadWriter writer, object? value) => Write(writer, new[] { (T)value! }, 0);

    public sealed override async ValueTask<object?> ReadBoxedAsync(PayloadReader reader, CancellationToken cancellationToken)
    {
        var items = new T[1];
        await ReadAsync(reader, items, cancellationToken);
        return items[0];
    }
}
