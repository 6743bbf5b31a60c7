namespace ActorPool;

/// <summary>The outcome of one item: its value or its error.</summary>
/// <typeparam name="T">The function's result type.</typeparam>
public readonly record struct ItemResult<T>
{
    private readonly T _value;

    internal ItemResult(long index, T value, int attempts) => (Index, _value, Attempts) = (index, value, attempts);

    internal ItemResult(WorkItemException error) => (Index, _value, Attempts, Error) = (error.Index, default!, error.Attempts, error);

    /// <summary>The 0-based position of the input.</summary>
    public long Index { get; }

    /// <summary>Attempts made, the first one included.</summary>
    /// <value>1 or more; counted after exceptions, not after the loss of a worker.</value>
    public int Attempts { get; }

    /// <summary>Why the item failed; <see langword="null"/> when it succeeded.</summary>
    public WorkItemException? Error { get; }

    /// <summary>Whether the function returned a value.</summary>
    public bool IsSuccess => Error is null;

    /// <summary>The function's result.</summary>
    /// <exception cref="WorkItemException">The item failed; this is its <see cref="Error"/>.</exception>
    public T Value => Error is null ? _value : throw Error;

    /// <summary>Shows the index and the value, or the error's message.</summary>
    /// <returns>For example <c>[3] 9</c>.</returns>
    public override string ToString() => $"[{Index}] {(Error is null ? _value?.ToString() : Error.Message)}";
}
