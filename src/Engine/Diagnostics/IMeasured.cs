namespace ActorPool.Diagnostics;

/// <summary>A pool or a node that instruments observe.</summary>
internal interface IMeasured
{
    PoolIdentity Identity { get; }

    /// <summary>Reads a quantity; any thread may call.</summary>
    /// <returns>Null if it has none.</returns>
    long? Read(Quantity quantity);
}
