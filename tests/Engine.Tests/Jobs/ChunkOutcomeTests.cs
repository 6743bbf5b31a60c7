using ActorPool.Chunking;
using ActorPool.Jobs;
using ActorPool.Tests.Coordination;

namespace ActorPool.Tests.Jobs;

public sealed class ChunkOutcomeTests
{
    [Fact]
    public void Without_retries_the_chunk_is_settled_as_it_is()
    {
        var execution = TestJobs.Map(10);
        var chunk = execution.Cut(10)!;
        var outcome = new ChunkOutcome(execution, chunk, 1, null, null);
        Assert.Same(chunk, Assert.Single(outcome.GetSettledParts()));
        Assert.Equal(10, outcome.Settled);
    }

    [Theory]
    [InlineData(new[] { 0 }, new[] { 1, 9 })]
    [InlineData(new[] { 9 }, new[] { 0, 9 })]
    [InlineData(new[] { 0, 9 }, new[] { 1, 8 })]
    [InlineData(new[] { 3, 4, 7 }, new[] { 0, 3, 5, 2, 8, 2 })]
    [InlineData(new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, new int[0])]
    public void Items_that_run_again_are_left_out(int[] retries, int[] startsAndCounts)
    {
        var execution = TestJobs.Map(10);
        var outcome = new ChunkOutcome(execution, execution.Cut(10)!, 1, null, [.. retries]);
        Assert.Equal(startsAndCounts, outcome.GetSettledParts().SelectMany(part => new[] { (int)part.Start, part.Count }));
        Assert.Equal(10 - retries.Length, outcome.Settled);
    }

    [Fact]
    public void A_chunk_that_is_one_item_runs_again_as_a_whole()
    {
        var execution = TestJobs.MapChunks(10);
        var outcome = new ChunkOutcome(execution, execution.Cut(10)!, 1, null, [0]);
        Assert.Empty(outcome.GetSettledParts());
        Assert.Equal(0, outcome.Settled);
    }
}
