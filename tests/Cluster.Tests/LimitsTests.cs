using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Functions and values that a cluster refuses, and how jobs and pools end.</summary>
public sealed class LimitsTests(TwoNodes nodes) : IClassFixture<TwoNodes>, IAsyncLifetime
{
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 100)];

    private readonly RemoteGate _gate = new();
    private WorkerPool _pool = null!;

    public async Task InitializeAsync() =>
        _pool = await nodes.ConnectAsync(new WorkerPoolOptions { Config = "actorpool.payload.max-item-bytes = 64KiB" });

    public async Task DisposeAsync()
    {
        _gate.Dispose();
        await _pool.DisposeAsync();
    }

    [Fact]
    public async Task An_input_that_is_too_large_is_named_with_its_setting()
    {
        int[][] inputs = [new int[10], new int[100_000]];

        var error = await Assert.ThrowsAsync<PayloadException>(() => _pool.MapAsync(x => x.Length, inputs).Within("the map", _pool));

        Assert.Contains("max-item-bytes", error.Message, StringComparison.Ordinal);
        await CheckUsableAsync();
    }

    [Fact]
    public async Task A_result_of_a_type_that_cannot_travel_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<PayloadException>(
            () => _pool.MapAsync(x => new Opened(new FileStream("/dev/null", FileMode.Open)), s_inputs).Within("the map", _pool));

        Assert.Contains(nameof(FileStream), error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Opened), error.Message, StringComparison.Ordinal);
        await CheckUsableAsync();
    }

    [Fact]
    public async Task The_pool_itself_cannot_be_captured()
    {
        var pool = _pool;

        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(
            () => _pool.MapAsync(x => x + pool.Workers, s_inputs).Within("the map", _pool));

        Assert.Contains(nameof(pool), error.Message, StringComparison.Ordinal);
        await CheckUsableAsync();
    }

    [Fact]
    public async Task A_source_that_throws_fails_its_job_with_its_own_error()
    {
        static IEnumerable<int> Source()
        {
            yield return 1;
            throw new FormatException("bad source");
        }

        await Assert.ThrowsAsync<FormatException>(() => _pool.MapAsync(x => x, Source()).Within("the map", _pool));

        await CheckUsableAsync();
    }

    [Fact]
    public async Task No_inputs_give_no_results()
    {
        Assert.Empty(await _pool.MapAsync(x => x, Array.Empty<int>()).Within("the map", _pool));
        Assert.Empty(await _pool.StreamAsync(x => x, Array.Empty<int>()).ReadAll("the stream", _pool));
    }

    [Fact]
    public async Task A_job_is_cancelled_by_its_handle()
    {
        var port = _gate.Port;
        var job = _pool.StartMap(x => Wait(port, x), s_inputs);
        await _gate.Until(gate => gate.Waiting.Count == 3, "an item on each worker", _pool, nodes.Log);

        job.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("the job", _pool));
        await _gate.Until(gate => gate.Visits.All(visit => visit.WasCancelled), "the items to see it", _pool, nodes.Log);
        await CheckUsableAsync();
    }

    [Fact]
    public async Task A_stream_that_is_disposed_stops_what_runs()
    {
        var port = _gate.Port;
        await using (var stream = _pool.StreamAsync((Func<int, CancellationToken, ValueTask<int>>)(async (x, token) =>
        {
            if (x > 5)
                await RemoteGate.PassAsync(port, $"{x}", token);
            return x;
        }), s_inputs, new JobOptions { ChunkSize = 1 }).GetAsyncEnumerator())
        {
            Assert.Equal(0, await stream.Next("a result", _pool));
            await _gate.Until(gate => gate.Waiting.Count == 3, "an item on each worker", _pool, nodes.Log);
        }

        await _gate.Until(gate => gate.Visits.All(visit => visit.WasCancelled), "the items to see it", _pool, nodes.Log);
        await CheckUsableAsync();
    }

    [Fact]
    public async Task Workers_are_replaced_after_MaxTasksPerWorker_items()
    {
        await using var pool = await nodes.ConnectAsync(new WorkerPoolOptions { MaxTasksPerWorker = 5, WorkerState = () => new Counter() });

        var counts = await pool.MapAsync(_ => ++((Counter)WorkContext.Current!.State!).Value, s_inputs).Within("the map", pool);

        Assert.InRange(counts.Max(), 1, 5);
    }

    [Fact]
    public async Task A_closed_pool_ends_its_jobs_first()
    {
        var port = _gate.Port;
        await using var pool = await nodes.ConnectAsync();
        var map = pool.MapAsync(async (x, token) => { await RemoteGate.PassAsync(port, $"{x}", token); return x; }, s_inputs);
        await _gate.Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool, nodes.Log);

        var closing = pool.CloseAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.ApplyAsync(() => 1));
        _gate.Open();

        await closing.Within("the close", pool);
        Assert.Equal(s_inputs, await map.Within("the map", pool));
    }

    [Fact]
    public async Task Jobs_of_a_terminated_pool_throw_PoolTerminatedException()
    {
        var port = _gate.Port;
        await using var pool = await nodes.ConnectAsync();
        var map = pool.MapAsync(async (x, token) => { await RemoteGate.PassAsync(port, $"{x}", token); return x; }, s_inputs);
        await _gate.Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool, nodes.Log);

        await pool.TerminateAsync().Within("the end", pool);

        await Assert.ThrowsAsync<PoolTerminatedException>(() => map.Within("the map", pool));
        await _gate.Until(gate => gate.Visits.All(visit => visit.WasCancelled), "the items to see it", pool, nodes.Log);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task An_item_that_kills_its_nodes_is_given_up_by_name()
    {
        using var seed = await ClusterNode.StartSeedAsync(workers: 1);
        using var first = await seed.StartNextAsync(workers: 1);
        using var second = await seed.StartNextAsync(workers: 1);
        await using var pool = await seed.ConnectAsync(workers: 3, new WorkerPoolOptions { Config = "actorpool.worker-losses = 2" });

        var results = await pool.TryMapAsync(
            x =>
            {
                if (x == 13)
                    System.Diagnostics.Process.GetCurrentProcess().Kill();
                return x;
            },
            s_inputs, new JobOptions { ChunkSize = 1 }).Within("the map", pool);

        var failed = Assert.Single(results, result => !result.IsSuccess);
        Assert.Equal(13, failed.Index);
        Assert.IsType<PoisonItemException>(failed.Error!.InnerException);
        Assert.Equal(s_inputs, await pool.MapAsync(x => x, s_inputs).Within("another map", pool));
    }

    private static int Wait(int port, int x)
    {
        RemoteGate.Pass(port, $"{x}", WorkContext.Current!.CancellationToken);
        return x;
    }

    private async Task CheckUsableAsync() =>
        Assert.Equal(s_inputs.Select(x => x + 1), await _pool.MapAsync(x => x + 1, s_inputs).Within("another map", _pool));

    private sealed record Opened(FileStream Stream);

    private sealed class Counter
    {
        public int Value { get; set; }
    }
}
