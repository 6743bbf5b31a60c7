using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>The name of a pool in a caller's actor system.</summary>
/// <remarks>It is taken while the pool lives, and free when the pool's end was awaited.</remarks>
public sealed class PoolNameTests : PoolScenario
{
    // On a busy machine, the scenario's time is over before the workers have stopped.
    private const string Patient = "shutdown-timeout = 1m";

    [Theory]
    [InlineData("dispose")]
    [InlineData("terminate")]
    [InlineData("close")]
    public async Task A_name_is_free_when_the_end_of_its_pool_was_awaited(string end)
    {
        for (var i = 0; i < 50; i++)
        {
            var pool = CreatePool(2, Patient);
            Assert.Equal(9, await pool.ApplyAsync(Fixtures.Sqr, 3).Within($"call {i}", pool));
            await (end switch
            {
                "dispose" => pool.DisposeAsync().AsTask(),
                "terminate" => pool.TerminateAsync(),
                _ => pool.CloseAsync(),
            }).Within($"{end} {i}");
        }
    }

    [Fact]
    public async Task A_taken_name_is_refused_by_name_and_the_pool_that_has_it_goes_on()
    {
        await using var pool = CreatePool(2);
        var refused = Assert.Throws<ArgumentException>(() => CreatePool(2));
        Assert.Contains("[pool]", refused.Message, StringComparison.Ordinal);
        Assert.Contains("WorkerPoolOptions.Name", refused.Message, StringComparison.Ordinal);
        Assert.Equal(9, await pool.ApplyAsync(Fixtures.Sqr, 3).Within("call", pool));
    }

    [Fact]
    public async Task Exactly_one_of_many_pools_that_start_at_once_gets_the_name()
    {
        for (var round = 0; round < 10; round++)
        {
            var creations = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                try
                {
                    return CreatePool(1, Patient);
                }
                catch (ArgumentException)
                {
                    return null;
                }
            }));
            var pools = await Task.WhenAll(creations).Within($"round {round}");
            await Assert.Single(pools, pool => pool is not null)!.DisposeAsync().Within($"dispose of round {round}");
        }
    }

    [Fact]
    public async Task A_name_whose_pool_was_given_up_is_free_when_its_last_function_has_returned()
    {
        var gate = new Gate();
        var pool = CreatePool(1);
        var job = pool.ApplyAsync(() =>
        {
            gate.Pass();
            return 1;
        });
        await gate.HasArrived(1, "the function runs", pool);
        await pool.DisposeAsync().Within("dispose");
        await Assert.ThrowsAsync<PoolTerminatedException>(() => job.Within("job", pool));
        Assert.Throws<ArgumentException>(() => CreatePool(1));
        gate.Open();
        await WaitForStop(pool.Coordinator);
        await Deadline.Until(TryCreate, "the name is free");
    }

    private bool TryCreate()
    {
        try
        {
            CreatePool(1);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
