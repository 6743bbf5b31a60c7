using ActorPool.TestKit.Simulation;
using ActorPool.Tests.Support;
using ActorPool.Values;
using ActorPool.Values.FSharp;

namespace ActorPool.Tests.Serialization;

/// <summary>Hostile bytes of the kinds that tests/Values has.</summary>
/// <remarks><c>ACTORPOOL_SEED</c> repeats a run that failed.</remarks>
public sealed class KindFuzzTests
{
    private const int Attempts = 100;

    [Fact]
    public async Task Changed_bytes_of_any_kind_are_a_value_or_a_PayloadException()
    {
        var seed = NumberVariable.Read("ACTORPOOL_SEED", min: 0) ?? Random.Shared.Next();
        Kind[] kinds = [.. KindCatalog.Kinds, .. KindTable<FSharpKinds>.All];
        var attack = new KindAttack(seed, Attempts);

        var faults = new List<string>();
        foreach (var kind in kinds)
        {
            if (await Task.Run(() => kind.Accept(attack)).Within($"the attack on [{kind.Name}], ACTORPOOL_SEED={seed}") is { } fault)
                faults.Add(fault);
        }

        Assert.True(faults.Count == 0, $"ACTORPOOL_SEED={seed}: {faults.Count} of {kinds.Length}\n{string.Join('\n', faults)}");
    }
}
