using ActorPool.Insights;

namespace ActorPool.Tests.Insights;

/// <summary>How the size of chunks changed, and why.</summary>
public sealed class ChunkSizesTests
{
    [Fact]
    public void A_step_has_the_reason_of_most_of_its_chunks()
    {
        var before = new ChunkSizes(before: null);
        before.Add(0, 1, ChunkSizeReason.FirstItems);
        before.Add(1, 1, ChunkSizeReason.FirstItems);
        before.Add(2, 1, ChunkSizeReason.TargetTime);
        var sizes = new ChunkSizes(before);
        sizes.Add(3, 1, ChunkSizeReason.TargetTime);
        sizes.Add(4, 1, ChunkSizeReason.TargetTime);
        sizes.Add(5, 8, ChunkSizeReason.Growth);

        Assert.Equal(
            [
                new ChunkSizeStep(0, 1, 5) { Reason = ChunkSizeReason.TargetTime },
                new ChunkSizeStep(5, 8, 1) { Reason = ChunkSizeReason.Growth },
            ],
            sizes.ToList());
        Assert.Equal([new ChunkSizeStep(0, 1, 3) { Reason = ChunkSizeReason.FirstItems }], before.ToList());
    }
}
