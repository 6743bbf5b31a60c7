namespace ActorPool.TestKit;

/// <summary>What <see cref="PoolTest"/> needs of a function of any type.</summary>
internal interface IControlledFunction
{
    /// <summary>Ends all items that run, and each one that begins later.</summary>
    void End();

    /// <summary>Describes the items that run.</summary>
    IEnumerable<string> Describe();
}
