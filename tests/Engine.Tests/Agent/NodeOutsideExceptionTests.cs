using ActorPool.Agent;

namespace ActorPool.Tests.Agent;

public sealed class NodeOutsideExceptionTests
{
    [Theory]
    [InlineData((int)NodeEnd.Removed, "The other members have removed the node [127.0.0.1:8110].")]
    [InlineData((int)NodeEnd.RemovedWhileAbsent, "have removed the node [127.0.0.1:8110], since it was unreachable for a while.")]
    [InlineData(
        (int)NodeEnd.SeedStartedAnew, "The node [127.0.0.1:8110] had joined a seed that has restarted and has started a new cluster.")]
    public void Each_reason_is_described_and_the_message_ends_with_advice(int reason, string expected)
    {
        var error = new NodeOutsideException("127.0.0.1:8110", (NodeEnd)reason);

        Assert.Equal((NodeEnd)reason, error.Reason);
        Assert.EndsWith(expected, error.Description, StringComparison.Ordinal);
        Assert.Equal($"{error.Description} Start it again.", error.Message);
        Assert.IsAssignableFrom<ActorPoolException>(error);
    }
}
