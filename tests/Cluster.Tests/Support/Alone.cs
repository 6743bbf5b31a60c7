// Most tests wait for processes that start, join and leave, so three at a time keep two processors busy.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace ActorPool.ClusterTests.Support;

/// <summary>The collection of classes that run while no other runs.</summary>
/// <remarks>They measure times, or what this process holds.</remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
