using ActorPool.TestKit.Simulation;

namespace ActorPool.ClusterTests.Support;

/// <summary>The seed of all random choices in these tests: <c>ACTORPOOL_SEED</c>, or 1.</summary>
internal static class Seed
{
    public static int Value => NumberVariable.Read("ACTORPOOL_SEED", min: 0) ?? 1;

    public static Random CreateRandom(string test) => new(Value * 7919 + test.Sum(c => c));
}
