using ActorPool.Serialization;
using ActorPool.Values.Kinds;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>Hash codes that get into fields by addresses, views and delegates.</summary>
public sealed class WrittenHashTests
{
    public static TheoryData<Type, string> Keeping()
    {
        var data = new TheoryData<Type, string>();
        foreach (var (type, field) in WrittenHashes.Keeping.All)
            data.Add(type, field);
        return data;
    }

    public static TheoryData<Type> Working() => [.. WrittenHashes.Working.All];

    [Theory]
    [MemberData(nameof(Keeping))]
    public void A_hash_code_that_is_written_there_is_refused_by_name(Type type, string field)
    {
        var (reason, _) = HashRefusals.Find(type)!.Value;

        Assert.StartsWith($"keeps a hash code in the field [{field}]", reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Working))]
    public void Look_alikes_travel(Type type) => Assert.Null(HashRefusals.Find(type));

    [Fact]
    public void A_hash_code_in_a_part_is_refused_with_the_path()
    {
        Assert.Contains("Holder.Buffer]", Refusal<Holder>().Message, StringComparison.Ordinal);
        Assert.Contains("Holder>[].Buffer]", Refusal<List<Holder>>().Message, StringComparison.Ordinal);
    }

    private sealed record Holder(WrittenHashes.FixedByIndex Buffer);
}
