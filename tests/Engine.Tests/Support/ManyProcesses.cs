namespace ActorPool.Tests.Support;

/// <summary>Tests that start, spin and crash processes: one after another, when all others are done.</summary>
/// <remarks>Dozens of processes at a time would take the processors from tests that measure time.</remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class ManyProcesses
{
    public const string Name = "processes";
}
