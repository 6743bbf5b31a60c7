using ActorPool.Tests.Support;

namespace ActorPool.Tests.Gathering;

public sealed class ItemResultTests
{
    [Fact]
    public void A_failed_result_can_be_printed_and_compared_and_throws_only_when_its_value_is_asked_for()
    {
        var error = new WorkItemException(7, "worker-1", 2, new SayWhenException());
        var failed = new ItemResult<int>(error);
        Assert.Contains("Somebody said when", failed.ToString(), StringComparison.Ordinal);
        Assert.Equal(failed, new ItemResult<int>(error));
        Assert.Equal((7, 2, false), (failed.Index, failed.Attempts, failed.IsSuccess));
        Assert.Same(error, Assert.Throws<WorkItemException>(() => failed.Value));
    }

    [Fact]
    public void A_result_with_a_value_has_no_error()
    {
        var result = new ItemResult<string>(3, "x", 1);
        Assert.True(result.IsSuccess);
        Assert.Null(result.Error);
        Assert.Equal("x", result.Value);
        Assert.Contains("x", result.ToString(), StringComparison.Ordinal);
    }
}
