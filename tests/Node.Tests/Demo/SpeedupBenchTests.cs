using ActorPool.Node.Demo;

namespace ActorPool.Node.Tests.Demo;

public sealed class SpeedupBenchTests
{
    [Fact]
    public void Equal_results_pass() => SpeedupBench.CheckEqual([1, 2, 3], [1, 2, 3], "row sums");

    [Fact]
    public void The_first_row_that_differs_is_named()
    {
        var error = Assert.Throws<NodeException>(() => SpeedupBench.CheckEqual([1, 2, 3], [1, 5, 6], "row sums, 2 workers, run 1"));

        Assert.StartsWith("Row [1] of row sums, 2 workers, run 1 is [5] and should be [2].", error.Message, StringComparison.Ordinal);
    }
}
