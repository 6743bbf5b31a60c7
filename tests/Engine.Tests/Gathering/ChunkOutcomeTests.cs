using ActorPool.Gathering;
using ActorPool.Tests.Coordination;

namespace ActorPool.Tests.Gathering;

public sealed class ChunkOutcomeTests
{
    [Fact]
    public void Without_retries_the_chunk_is_settled_as_it_is()
    {
        var plan = Plans.Map(10);
        var chunk = plan.Cut(10)!;
        var outcome = new ChunkOutcome(plan, chunk, 1, null, null);
        Assert.Same(chunk, Assert.Single(outcome.SettledParts()));
        Assert.Equal(10, outcome.Settled);
    }

    [Theory]
    [InlineData(new[] { 0 }, new[] { 1, 9 })]
    [InlineData(new[] { 9 }, new[] { 0, 9 })]
    [InlineData(new[] { 0, 9 }, new[] { 1, 8 })]
    [InlineData(new[] { 3, 4, 7 }, new[] { 0, 3, 5, 2, 8, 2 })]
    [InlineData(new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, new int[0])]
    public void Items_that_run_again_are_left_out(int[] again, int[] startsAndCounts)
    {
        var plan = Plans.Map(10);
        var outcome = new ChunkOutcome(plan, plan.Cut(10)!, 1, null, [.. again]);
        Assert.Equal(startsAndCounts, outcome.SettledParts().SelectMany(part => new[] { (int)part.Start, part.Count }));
        Assert.Equal(10 - again.Length, outcome.Settled);
    }

    [Fact]
    public void A_chunk_that_is_one_item_runs_again_as_a_whole()
    {
        var plan = Plans.MapChunks(10);
        var outcome = new ChunkOutcome(plan, plan.Cut(10)!, 1, null, [0]);
        Assert.Empty(outcome.SettledParts());
        Assert.Equal(0, outcome.Settled);
    }
}
