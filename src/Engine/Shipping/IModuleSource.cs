namespace ActorPool.Shipping;

/// <summary>A way to the caller's process, which has what its functions load by name.</summary>
internal interface IModuleSource
{
    /// <summary>Asks for a module; waits until all that it needs is in the context.</summary>
    /// <returns>Null if the caller's program has none of that name.</returns>
    /// <exception cref="IOException">The connection has ended, or too much was asked for.</exception>
    /// <exception cref="FunctionNotShippableException">The module cannot be sent, or this node does not take it.</exception>
    Task<NamedModule?> FindAsync(ModuleQuery query);
}
