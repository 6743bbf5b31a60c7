namespace ActorPool;

/// <summary>The handle of a value that is sent to each node once.</summary>
/// <typeparam name="T">The value's type. All workers of a node share one copy of the value: do not change it.</typeparam>
/// <remarks>
/// A function can use the value if it captures the handle or gets it as an input. In inputs, results and captured variables, the handle
/// travels as an id of 16 bytes. The value stays on the nodes until the pool that sent it has ended.
/// </remarks>
public sealed class Broadcast<T>
{
    internal Broadcast(Guid id, T value)
    {
        Id = id;
        Value = value;
    }

    internal Guid Id { get; }

    /// <summary>The value: on the client the one that was broadcast, on a node its copy.</summary>
    /// <value>Costs nothing to read.</value>
    public T Value { get; }
}
