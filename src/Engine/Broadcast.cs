namespace ActorPool;

/// <summary>A value that is sent once to each node, and used there by any function that captures or is given this handle.</summary>
/// <typeparam name="T">The value's type. All workers of a node share one copy of the value: do not change it.</typeparam>
/// <remarks>
/// The handle itself travels as 16 bytes, in inputs, results and captured variables alike. The value stays on the nodes until the pool that sent it has ended.
/// </remarks>
public sealed class Broadcast<T>
{
    internal Broadcast(Guid id, T value)
    {
        Id = id;
        Value = value;
    }

    internal Guid Id { get; }

    /// <summary>The value: on the client the one that was broadcast, on a node its copy. Costs nothing to read.</summary>
    public T Value { get; }
}
