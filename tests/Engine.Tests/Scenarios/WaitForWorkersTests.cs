using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

public sealed class WaitForWorkersTests : PoolScenario
{
    [Fact]
    public async Task It_completes_when_the_workers_are_ready()
    {
        var pool = CreatePool(3);

        await pool.WaitForWorkersAsync(3).Within("three workers", pool);

        Assert.Equal(3, pool.Statistics.Workers);
        await pool.WaitForWorkersAsync(1).Within("one of three", pool);
    }

    [Fact]
    public async Task More_than_a_pool_without_nodes_has_are_refused_at_the_call()
    {
        await using var pool = CreatePool(2);

        var refused = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pool.WaitForWorkersAsync(3));
        Assert.Contains("has [2] workers", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pool.WaitForWorkersAsync(0));
    }

    [Fact]
    public async Task It_fails_with_the_initializer()
    {
        ExpectErrors();
        var pool = CreatePool(1, with: options => options with { Initializer = () => throw new FormatException("bad") });

        var failed = await Assert.ThrowsAsync<NoWorkersException>(() => pool.WaitForWorkersAsync(1).Within("the failure", pool));
        Assert.IsType<FormatException>(failed.InnerException);
    }

    [Fact]
    public async Task It_ends_with_its_token_and_with_the_pool()
    {
        var gate = new ManualResetEventSlim();
        var pool = CreatePool(1, with: options => options with { Initializer = () => gate.Wait(Deadline.Limit) });
        using var stop = new CancellationTokenSource();

        var cancelled = pool.WaitForWorkersAsync(1, stop.Token);
        var ended = pool.WaitForWorkersAsync(1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within("the cancellation", pool));
        var terminated = pool.TerminateAsync();

        await Assert.ThrowsAsync<PoolTerminatedException>(() => ended.Within("the end of the pool", pool));
        gate.Set();
        await terminated.Within("the end", pool);
    }

    [Fact]
    public async Task A_pool_over_nodes_waits_for_those_that_join_later()
    {
        await using var seed = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("the seed");
        await using var pool = await WorkerPool.ConnectAsync(seed.Address).Within("the connection");

        var waiting = pool.WaitForWorkersAsync(3);
        Assert.False(waiting.IsCompleted);
        await using var second = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 2, Join = [seed.Address] })
            .Within("the second node");

        await waiting.Within("both nodes", pool);
        Assert.Equal(3, pool.Workers);
    }
}
