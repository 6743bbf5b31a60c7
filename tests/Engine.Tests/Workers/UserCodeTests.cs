using ActorPool.Tests.Support;

namespace ActorPool.Tests.Workers;

/// <summary>What functions do to the threads they run on, and what the pool does not let them do.</summary>
public sealed class UserCodeTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public async Task What_a_function_leaves_in_an_AsyncLocal_does_not_reach_the_next_one()
    {
        await using var pool = WorkerPool.Create(1);

        var seen = await pool.MapAsync(
            x =>
            {
                var before = s_local.Value;
                s_local.Value = $"left by {x}";
                return before;
            },
            Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 }).Within("map", pool);

        Assert.All(seen, Assert.Null);
    }

    [Fact]
    public async Task A_function_that_interrupts_its_thread_harms_nobody()
    {
        await using var pool = WorkerPool.Create(1);

        for (var round = 0; round < 3; round++)
        {
            await pool.ApplyAsync(() =>
            {
                Thread.CurrentThread.Interrupt();
                return 1;
            }).Within("interrupt", pool);
        }

        Assert.Equal(49, await pool.ApplyAsync(x => x * x, 7).Within("apply", pool));
    }

    [Fact]
    public async Task An_async_action_that_nobody_would_await_is_refused_at_the_call()
    {
        await using var pool = WorkerPool.Create(1);

#pragma warning disable MA0147 // this is the mistake
        Action<int> nobodyAwaits = async _ => await Task.Yield();
#pragma warning restore MA0147

        var refused = Assert.Throws<ArgumentException>(() => { _ = pool.ForEachAsync(nobodyAwaits, [1]); });

        Assert.Contains("(item, cancellationToken)", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actorpool { worker-dispatcher { executor = nonsense } }", "nonsense")]
    [InlineData("actorpool { coordination-dispatcher { type = nonsense } }", "nonsense")]
    [InlineData("akka { loglevel = nonsense }", "WorkerPoolOptions.Config")]
    public void A_configuration_that_Akka_refuses_is_refused_when_the_pool_is_created(string config, string named)
    {
        var refused = Assert.Throws<ArgumentException>(() => WorkerPool.Create(new WorkerPoolOptions { Config = config }));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }
}
