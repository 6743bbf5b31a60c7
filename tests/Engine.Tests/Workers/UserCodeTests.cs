using ActorPool.Configuration;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Workers;

/// <summary>Effects that functions must not have on the threads that they run on.</summary>
public sealed class UserCodeTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public async Task A_value_that_a_function_leaves_in_an_AsyncLocal_does_not_reach_the_next_one()
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
    public async Task A_function_that_interrupts_its_thread_does_no_harm()
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
    public async Task An_async_action_that_is_never_awaited_is_refused_at_the_call()
    {
        await using var pool = WorkerPool.Create(1);

#pragma warning disable MA0147 // this is the mistake
        Action<int> neverAwaited = async _ => await Task.Yield();
#pragma warning restore MA0147

        var refused = Assert.Throws<ArgumentException>(() => { _ = pool.ForEachAsync(neverAwaited, [1]); });

        Assert.Contains("Func<T, Task>", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actorpool { worker-dispatcher { executor = nonsense } }", "nonsense")]
    [InlineData("actorpool { coordination-dispatcher { type = nonsense } }", "nonsense")]
    [InlineData("akka { loglevel = nonsense }", "WorkerPoolOptions.Config")]
    public void A_configuration_that_Akka_refuses_is_refused_when_the_pool_is_created(string config, string named)
    {
        var refused = Assert.Throws<SettingsException>(() => WorkerPool.Create(new WorkerPoolOptions { Config = config }));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }
}
