using System.Collections.Concurrent;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>The API over nodes of this process and real sockets.</summary>
/// <remarks>Cluster.Tests has the tests with nodes as processes.</remarks>
public sealed class LoopbackClusterTests(LoopbackCluster cluster) : IClassFixture<LoopbackCluster>, IAsyncLifetime
{
    private static readonly ConcurrentDictionary<string, int> s_calls = new(StringComparer.Ordinal);
    private static readonly Func<IReadOnlyList<int>, int> s_count = list => list.Count;

    private WorkerPool _pool = null!;

    public async Task InitializeAsync() => _pool = await cluster.ConnectAsync();

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task A_map_is_exact_and_in_order()
    {
        var factor = 3;

        var results = await _pool.MapAsync(x => x * (long)factor, Enumerable.Range(0, 100_000).ToArray()).Within("the map", _pool);

        Assert.Equal(Enumerable.Range(0, 100_000).Select(x => x * 3L), results);
    }

    [Fact]
    public async Task The_workers_are_those_of_all_nodes() => Assert.Equal(3, await Task.FromResult(_pool.Workers));

    [Fact]
    public async Task No_inputs_give_no_results() =>
        Assert.Empty(await _pool.MapAsync(x => x, Array.Empty<int>()).Within("the map", _pool));

    [Fact]
    public async Task Results_are_written_into_the_callers_buffer()
    {
        var buffer = new int[1000];

        await _pool.MapAsync(x => x + 1, Enumerable.Range(0, 1000).ToArray(), buffer).Within("the map", _pool);

        Assert.Equal(Enumerable.Range(1, 1000), buffer);
    }

    [Fact]
    public async Task A_function_runs_once_with_and_without_an_argument()
    {
        var captured = "b";

        Assert.Equal("ab", await _pool.ApplyAsync(() => "a" + captured).Within("the call", _pool));
        Assert.Equal(5, await _pool.ApplyAsync(x => x + 1, 4).Within("the call", _pool));
        Assert.Equal(6, await _pool.ApplyAsync(async (x, token) => { await Task.Yield(); return x + 1; }, 5).Within("the call", _pool));
        Assert.Equal("ab", await _pool.ApplyAsync(async token => { await Task.Yield(); return "a" + captured; }).Within("the call", _pool));
    }

    [Fact]
    public async Task An_asynchronous_map_is_awaited_on_the_nodes()
    {
        var results = await _pool.MapAsync(async (x, token) => { await Task.Yield(); return x * 2; }, Enumerable.Range(0, 1000).ToArray())
            .Within("the map", _pool);

        Assert.Equal(Enumerable.Range(0, 1000).Select(x => x * 2), results);
    }

    [Fact]
    public async Task A_function_without_state_is_used_again_also_with_inputs_of_another_type()
    {
        int[][] arrays = [[1], [1, 2]];
        List<int>[] lists = [[1, 2, 3], []];
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("1 2", string.Join(' ', await _pool.MapAsync<int[], int>(s_count, arrays).Within("arrays", _pool)));
            Assert.Equal("3 0", string.Join(' ', await _pool.MapAsync<List<int>, int>(s_count, lists).Within("lists", _pool)));
        }
    }

    [Fact]
    public async Task Tuples_are_taken_apart()
    {
        (int, int)[] inputs = [(1, 2), (3, 4)];

        Assert.Equal("3 7", string.Join(' ', await _pool.StarMapAsync((a, b) => a + b, inputs).Within("two", _pool)));
        var triples = await _pool.StarMapAsync((a, b, c) => a + b + c, [(1, 2, 3), (4, 5, 6)]).Within("three", _pool);
        Assert.Equal("6 15", string.Join(' ', triples));
        Assert.Equal("10", string.Join(' ', await _pool.StarMapAsync((a, b, c, d) => a + b + c + d, [(1, 2, 3, 4)]).Within("four", _pool)));
    }

    [Fact]
    public async Task A_try_map_has_an_outcome_for_each_item()
    {
        var results = await _pool.TryMapAsync(
            x => x % 10 == 7 ? throw new InvalidOperationException($"no {x}") : x,
            Enumerable.Range(0, 100).ToArray()).Within("the map", _pool);

        Assert.Equal(100, results.Length);
        foreach (var result in results)
        {
            Assert.Equal(result.Index % 10 != 7, result.IsSuccess);
            if (result.IsSuccess)
                Assert.Equal(result.Index, result.Value);
            else
                Assert.Equal($"no {result.Index}", Assert.IsType<InvalidOperationException>(result.Error!.InnerException).Message);
        }
    }

    [Fact]
    public async Task A_failing_item_is_named_with_its_node()
    {
        var error = await Assert.ThrowsAsync<WorkItemException>(
            () => _pool.MapAsync(x => 10 / (x - 42), Enumerable.Range(0, 100).ToArray()).Within("the map", _pool));

        Assert.Equal(42, error.Index);
        Assert.IsType<DivideByZeroException>(error.InnerException);
        Assert.Contains("127.0.0.1:", error.Worker, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_are_mapped_whole()
    {
        var results = await _pool.MapChunksAsync(
            chunk => chunk.ToArray().Select(x => x + 1).ToArray(), Enumerable.Range(0, 10_000).ToArray()).Within("the map", _pool);

        Assert.Equal(Enumerable.Range(1, 10_000), results);
    }

    [Fact]
    public async Task An_aggregate_is_folded_on_the_nodes_and_merged_here_in_order()
    {
        var text = await _pool.AggregateAsync(() => "", (string all, int x) => all + x, (a, b) => a + b, Enumerable.Range(0, 1000))
            .Within("the fold", _pool);

        Assert.Equal(string.Concat(Enumerable.Range(0, 1000)), text);
    }

    [Fact]
    public async Task A_stream_keeps_the_order_and_its_window()
    {
        var (read, taken, ahead) = (0, 0, 0);
        IEnumerable<int> Source()
        {
            for (var i = 0; i < 2000; i++)
            {
                ahead = Math.Max(ahead, Interlocked.Increment(ref read) - Volatile.Read(ref taken));
                yield return i;
            }
        }

        await foreach (var result in _pool.StreamAsync(x => x * 2, Source(), new JobOptions { Window = 50 }))
            Assert.Equal(2 * (Interlocked.Increment(ref taken) - 1), result);

        Assert.Equal(2000, taken);
        Assert.InRange(ahead, 1, 51);
    }

    [Fact]
    public async Task Actions_run_once_for_each_item()
    {
        var key = Guid.NewGuid().ToString();

        await _pool.ForEachAsync((int x) => s_calls.AddOrUpdate($"{key}{x}", 1, (_, n) => n + 1), Enumerable.Range(0, 500).ToArray())
            .Within("the actions", _pool);

        Assert.All(Enumerable.Range(0, 500), x => Assert.Equal(1, s_calls[$"{key}{x}"]));
    }

    [Fact]
    public async Task Items_that_throw_are_tried_again_and_counted()
    {
        var key = Guid.NewGuid().ToString();
        var options = new JobOptions { Retries = 2, RetryWhen = e => e is TimeoutException, Progress = new Last(), ChunkSize = 10 };

        var results = await _pool.TryMapAsync(
            x => x % 10 == 3 && s_calls.AddOrUpdate($"{key}{x}", 1, (_, n) => n + 1) < 3 ? throw new TimeoutException() : x,
            Enumerable.Range(0, 100).ToArray(), options).Within("the map", _pool);

        Assert.All(results, result => Assert.Equal(result.Index, result.Value));
        Assert.All(results, result => Assert.Equal(result.Index % 10 == 3 ? 3 : 1, result.Attempts));
        Assert.Equal(20, ((Last)options.Progress).Value!.Retried);
        Assert.Equal(100, ((Last)options.Progress).Value!.Done);
    }

    [Fact]
    public async Task An_item_that_takes_too_long_times_out_and_the_others_do_not()
    {
        var options = new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(300) };

        var results = await _pool.TryMapAsync(
            async (x, token) =>
            {
                if (x == 5)
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                return x;
            },
            Enumerable.Range(0, 20).ToArray(), options).Within("the map", _pool);

        Assert.IsType<TimeoutException>(results[5].Error!.InnerException);
        Assert.Equal(19, results.Count(result => result.IsSuccess));
    }

    [Fact]
    public async Task Cancelling_reaches_the_running_items()
    {
        var key = Guid.NewGuid().ToString();
        using var cancellation = new CancellationTokenSource();
        var map = _pool.MapAsync(
            async (x, token) =>
            {
                s_calls.AddOrUpdate($"{key}began", 1, (_, n) => n + 1);
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                }
                finally
                {
                    s_calls.AddOrUpdate($"{key}ended", 1, (_, n) => n + 1);
                }
                return x;
            },
            Enumerable.Range(0, 100).ToArray(), cancellationToken: cancellation.Token);
        await Deadline.Until(() => s_calls.GetValueOrDefault($"{key}began") == 3, "an item on each worker", _pool);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map.Within("the map", _pool));
        await Deadline.Until(() => s_calls.GetValueOrDefault($"{key}ended") == 3, "the items to see it", _pool);
        Assert.Equal(4, await _pool.ApplyAsync(x => x + 1, 3).Within("another call", _pool));
    }

    [Fact]
    public async Task A_job_that_takes_too_long_times_out()
    {
        var options = new JobOptions { Timeout = TimeSpan.FromMilliseconds(200) };

        await Assert.ThrowsAsync<TimeoutException>(() => _pool.MapAsync(
            async (x, token) => { await Task.Delay(Timeout.InfiniteTimeSpan, token); return x; },
            [1, 2, 3], options).Within("the map", _pool));
    }

    [Fact]
    public async Task A_function_knows_its_job_item_and_attempt()
    {
        var contexts = await _pool.MapAsync(
            x => $"{WorkContext.Current!.JobName} {WorkContext.Current.ItemIndex} {WorkContext.Current.Attempt}",
            Enumerable.Range(0, 50).ToArray(), new JobOptions { Name = "mine" }).Within("the map", _pool);

        Assert.Equal(Enumerable.Range(0, 50).Select(x => $"mine {x} 1"), contexts, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Initializer_and_state_are_those_of_the_nodes_workers()
    {
        var key = Guid.NewGuid().ToString();
        var options = new WorkerPoolOptions
        {
            Initializer = () => s_calls.AddOrUpdate(key, 1, (_, n) => n + 1),
            WorkerState = () => new Counter(),
        };
        await using var pool = await cluster.ConnectAsync(options);

        var counts = await pool.MapAsync(_ => ++((Counter)WorkContext.Current!.State!).Value, Enumerable.Range(0, 300).ToArray())
            .Within("the map", pool);

        Assert.Equal(3, s_calls[key]);
        Assert.Equal(300, counts.Length);
        Assert.InRange(counts.Count(count => count == 1), 1, 3);
    }

    [Fact]
    public async Task An_initializer_that_fails_breaks_the_pool_once()
    {
        var options = new WorkerPoolOptions { Initializer = () => throw new FormatException("bad start") };
        await using var pool = await WorkerPool.ConnectAsync(cluster.Seed.Address, options).Within("the connection");

        var error = await Assert.ThrowsAsync<NoWorkersException>(() => pool.MapAsync(x => x, [1, 2, 3]).Within("the map", pool));

        Assert.Contains("bad start", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pools_share_the_nodes()
    {
        await using var other = await cluster.ConnectAsync();
        var mine = _pool.MapAsync(x => x, Enumerable.Range(0, 20_000).ToArray());
        var others = other.MapAsync(x => -x, Enumerable.Range(0, 20_000).ToArray());

        Assert.Equal(Enumerable.Range(0, 20_000), await mine.Within("mine", _pool));
        Assert.Equal(Enumerable.Range(0, 20_000).Select(x => -x), await others.Within("the other's", other));
    }

    [Fact]
    public async Task A_small_job_does_not_wait_for_the_end_of_a_large_one()
    {
        var key = Guid.NewGuid().ToString();
        var large = _pool.MapAsync(
            x =>
            {
                s_calls.AddOrUpdate(key, 1, (_, n) => n + 1);
                var started = TimeProvider.System.GetTimestamp();
                SpinWait.SpinUntil(() => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromMilliseconds(2));
                return x;
            },
            Enumerable.Range(0, 3000).ToArray());
        await Deadline.Until(() => s_calls.GetValueOrDefault(key) > 100, "the large job to have all workers, and chunks waiting", _pool);

        var small = await _pool.MapAsync(x => x, Enumerable.Range(0, 10).ToArray()).Within("the small job", _pool);

        Assert.Equal(Enumerable.Range(0, 10), small);
        Assert.InRange(s_calls[key], 100, 2500);
        await large.Within("the large job", _pool);
    }

    [Fact]
    public async Task A_result_that_cannot_be_read_fails_its_job()
    {
        await using var pool = await cluster.ConnectAsync(new WorkerPoolOptions { Config = "actorpool.payload.max-item-bytes = 1KiB" });

        for (var i = 0; i < 20; i++)
            await Assert.ThrowsAsync<PayloadException>(() => pool.ApplyAsync(() => new byte[100_000]).Within("the call", pool));
    }

    [Fact]
    public async Task Finding_no_node_is_an_error_that_says_what_was_tried()
    {
        var options = new WorkerPoolOptions { Config = "actorpool.cluster.connect-timeout = 300ms" };

        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => WorkerPool.ConnectAsync("127.0.0.1:1", options).Within("the connection"));

        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("akka.tcp://127.0.0.1:8110")]
    [InlineData("")]
    public async Task A_seed_that_is_no_address_is_refused(string seed) =>
        Assert.Contains(
            "host:port", (await Assert.ThrowsAsync<ArgumentException>(() => WorkerPool.ConnectAsync(seed))).Message,
            StringComparison.Ordinal);

    private sealed class Counter
    {
        public int Value { get; set; }
    }

    private sealed class Last : IProgress<JobProgress>
    {
        public JobProgress? Value { get; private set; }

        public void Report(JobProgress value) => Value = value;
    }
}
