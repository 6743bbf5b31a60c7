using ActorPool.Node.Demo;

namespace ActorPool.Node.Tests.Demo;

public sealed class RowTableTests
{
    [Fact]
    public void The_same_seed_makes_the_same_table_and_another_seed_another_table() =>
        Assert.True(
            RowTable.CreateRandom(100, 1).SequenceEqual(RowTable.CreateRandom(100, 1))
            && !RowTable.CreateRandom(100, 1).SequenceEqual(RowTable.CreateRandom(100, 2)));

    [Fact]
    public void All_numbers_from_0_to_99_occur_and_no_others()
    {
        var numbers = RowTable.CreateRandom(10_000, 1).SelectMany(row => new[] { row.A, row.B, row.C, row.D }).Distinct().Order();

        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), numbers);
    }

    [Fact]
    public void A_table_that_cannot_fit_is_refused_by_the_flags_name() =>
        Assert.Contains(
            "--rows is [2147483647]",
            Assert.Throws<NodeException>(() => RowTable.CheckMemory(int.MaxValue, available: 1 << 30)).Message,
            StringComparison.Ordinal);
}
