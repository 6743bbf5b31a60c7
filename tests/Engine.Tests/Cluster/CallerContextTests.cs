using System.Reflection;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>A user interface's thread may block on any call.</summary>
/// <remarks>So no await of the engine needs the context of its caller.</remarks>
public sealed class CallerContextTests(LoopbackCluster cluster) : IClassFixture<LoopbackCluster>
{
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 100)];

    private static readonly Dictionary<string, Func<WorkerPool, Task>> s_calls = new(StringComparer.Ordinal)
    {
        ["ApplyAsync"] = pool => pool.ApplyAsync(x => x + 1, 1),
        ["ApplyAsync, asynchronous"] = pool => pool.ApplyAsync(async (x, token) => { await Task.Yield(); return x; }, 1),
        ["MapAsync"] = pool => pool.MapAsync(x => x + 1, s_inputs),
        ["MapAsync, asynchronous"] = pool => pool.MapAsync(async (x, token) => { await Task.Yield(); return x; }, s_inputs),
        ["MapAsync, lazy inputs"] = pool => pool.MapAsync(x => x + 1, Fixtures.Generated(s_inputs)),
        ["MapAsync, a buffer"] = pool => pool.MapAsync(x => x + 1, s_inputs, new int[100].AsMemory()),
        ["MapAsync, a progress handler"] = pool =>
            pool.MapAsync(x => x + 1, s_inputs, new JobOptions { Progress = new Progress<JobProgress>(_ => { }) }),
        ["StarMapAsync"] = pool => pool.StarMapAsync((x, y) => x + y, s_inputs.Zip(s_inputs)),
        ["TryMapAsync"] = pool => pool.TryMapAsync(x => 100 / x, s_inputs),
        ["ForEachAsync"] = pool => pool.ForEachAsync(x => { }, s_inputs),
        ["MapChunksAsync"] = pool => pool.MapChunksAsync(chunk => chunk.ToArray(), s_inputs),
        ["AggregateAsync"] = pool => pool.AggregateAsync(() => 0, (sum, x) => sum + x, (a, b) => a + b, s_inputs),
        ["StartMap"] = pool => pool.StartMap(x => x + 1, s_inputs).Completion,
        ["StartTryMap"] = pool => pool.StartTryMap(x => 100 / x, s_inputs).Completion,
        ["RetryFailedAsync"] = pool => pool.StartTryMap(x => 100 / x, s_inputs).RetryFailedAsync(),
        ["StreamAsync"] = pool => Read(pool.StreamAsync(x => x + 1, s_inputs)),
        ["StreamAsync, left early"] = pool => Read(pool.StreamAsync(x => x + 1, s_inputs), max: 3),
        ["TryStreamAsync"] = pool => Read(pool.TryStreamAsync(x => 100 / x, s_inputs)),
        ["BroadcastAsync"] = pool => pool.BroadcastAsync(s_inputs),
        ["CheckAsync"] = _ => WorkerPool.CheckAsync(x => x + 1, 1),
        ["CheckAsync, asynchronous"] = _ => WorkerPool.CheckAsync(async (x, token) => { await Task.Yield(); return x; }, 1),
        ["WaitForWorkersAsync"] = pool => pool.WaitForWorkersAsync(1),
        ["CloseAsync"] = pool => pool.CloseAsync(),
        ["TerminateAsync"] = pool => pool.TerminateAsync(),
        ["DisposeAsync"] = pool => pool.DisposeAsync().AsTask(),
    };

    public static TheoryData<string> Calls => [.. s_calls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_on_a_local_pool_ends_while_its_callers_thread_is_blocked(string call)
    {
        await using var pool = WorkerPool.Create(2);
        await BlockedContext.RunAsync(() => s_calls[call](pool), call).Within(call, pool);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_on_a_cluster_ends_while_its_callers_thread_is_blocked(string call)
    {
        await using var pool = await cluster.ConnectAsync();
        await BlockedContext.RunAsync(() => s_calls[call](pool), call).Within(call, pool);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_on_a_local_pool_ends_while_its_callers_scheduler_is_blocked(string call)
    {
        await using var pool = WorkerPool.Create(2);
        await BlockedScheduler.RunAsync(() => s_calls[call](pool), call).Within(call, pool);
    }

    [Fact]
    public async Task Pools_and_nodes_start_and_leave_while_their_callers_scheduler_is_blocked()
    {
        WorkerPool? pool = null;
        await BlockedScheduler.RunAsync(
            async () => pool = await WorkerPool.ConnectAsync(cluster.Seed.Address).ConfigureAwait(false), "ConnectAsync").Within("connect");
        await BlockedScheduler.RunAsync(() => pool!.DisposeAsync().AsTask(), "DisposeAsync").Within("the end of the pool");
        PoolNode? node = null;
        await BlockedScheduler.RunAsync(
            async () => node = await LoopbackCluster.StartNodeAsync(1, cluster.Seed.Address).ConfigureAwait(false),
            "StartAsync").Within("start");
        await BlockedScheduler.RunAsync(() => node!.LeaveAsync(), "LeaveAsync").Within("leave");
        await BlockedScheduler.RunAsync(() => node!.DisposeAsync().AsTask(), "DisposeAsync").Within("dispose");
    }

    [Fact]
    public async Task A_pool_connects_while_its_callers_thread_is_blocked()
    {
        WorkerPool? pool = null;
        await BlockedContext.RunAsync(
            async () => pool = await WorkerPool.ConnectAsync(cluster.Seed.Address).ConfigureAwait(false), "ConnectAsync").Within("connect");
        await pool!.DisposeAsync();
    }

    [Fact]
    public async Task A_pool_that_finds_no_node_says_so_while_its_callers_thread_is_blocked()
    {
        var options = new WorkerPoolOptions { Config = "actorpool.cluster.connect-timeout = 200ms" };
        await Assert.ThrowsAsync<NoWorkersException>(
            () => BlockedContext.RunAsync(
                () => WorkerPool.ConnectAsync("127.0.0.1:1", options), "ConnectAsync in vain").Within("connect in vain"));
    }

    [Fact]
    public async Task A_node_starts_and_leaves_while_its_callers_thread_is_blocked()
    {
        PoolNode? node = null;
        await BlockedContext.RunAsync(
            async () => node = await LoopbackCluster.StartNodeAsync(1, cluster.Seed.Address).ConfigureAwait(false),
            "StartAsync").Within("start");
        await BlockedContext.RunAsync(() => node!.LeaveAsync(), "LeaveAsync").Within("leave");
        await BlockedContext.RunAsync(() => node!.DisposeAsync().AsTask(), "DisposeAsync").Within("dispose");
    }

    [Fact]
    public void Every_asynchronous_method_of_a_pool_is_among_the_calls()
    {
        var methods = typeof(WorkerPool)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(method => method.Name)
            .Where(name => name.EndsWith("Async", StringComparison.Ordinal) || name.StartsWith("Start", StringComparison.Ordinal))
            .Except([nameof(WorkerPool.ConnectAsync)], StringComparer.Ordinal);
        Assert.Empty(methods.Except(s_calls.Keys, StringComparer.Ordinal));
    }

    private static Task Read<T>(IAsyncEnumerable<T> stream, int max = int.MaxValue)
    {
        foreach (var _ in stream.ToBlockingEnumerable().Take(max))
        {
            // A caller that only reads.
        }
        return Task.CompletedTask;
    }
}
