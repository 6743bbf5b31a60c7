using ActorPool.Serialization;
using ActorPool.Values.Kinds;

namespace ActorPool.Tests.Serialization;

/// <summary>Addresses and handles that fields keep as numbers.</summary>
public sealed class AddressTests
{
    public static TheoryData<Type, string> Keeping()
    {
        var data = new TheoryData<Type, string>();
        foreach (var (type, field) in Addresses.Keeping.All)
            data.Add(type, field);
        return data;
    }

    public static TheoryData<Type> Working() => [.. Addresses.Working.All];

    [Theory]
    [MemberData(nameof(Keeping))]
    public void An_address_in_a_field_is_refused_by_name(Type type, string field)
    {
        var (reason, advice) = HashRefusals.Find(type)!.Value;

        Assert.Contains("address", reason, StringComparison.Ordinal);
        Assert.Contains($"in the field [{field}]", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hash code", reason + advice, StringComparison.Ordinal);
        Assert.DoesNotContain("GetHashCode", reason + advice, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Working))]
    public void What_only_works_with_pointers_travels(Type type) => Assert.Null(HashRefusals.Find(type));
}
