using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Cluster;

/// <summary>Code of the caller runs in its execution context, on local pools and over nodes.</summary>
/// <remarks>Sources, progress handlers and merges are such code; functions are not.</remarks>
public sealed class CallersFlowTests(CallersFlowTests.Pools pools) : IClassFixture<CallersFlowTests.Pools>
{
    private static readonly JobOptions s_inSmallParts = new() { Window = 2, ChunkSize = 1 };

    private static readonly Dictionary<string, Func<WorkerPool, WatchedSource, Task>> s_calls = new(StringComparer.Ordinal)
    {
        ["MapAsync"] = (pool, source) => pool.MapAsync(x => x + 1, source, s_inSmallParts),
        ["MapAsync, asynchronous"] = (pool, source) => pool.MapAsync((x, _) => ValueTask.FromResult(x), source, s_inSmallParts),
        ["StarMapAsync"] = (pool, source) => pool.StarMapAsync((x, y) => x + y, source.Zip(Enumerable.Range(0, 100)), s_inSmallParts),
        ["TryMapAsync"] = (pool, source) => pool.TryMapAsync(x => 100 / x, source, s_inSmallParts),
        ["ForEachAsync"] = (pool, source) => pool.ForEachAsync(_ => { }, source, s_inSmallParts),
        ["AggregateAsync"] = (pool, source) =>
            pool.AggregateAsync(() => 0, (sum, x) => sum + x, (a, b) => a + b, source, s_inSmallParts),
        ["StartMap"] = (pool, source) => pool.StartMap(x => x + 1, source, s_inSmallParts).Completion,
        ["StreamAsync"] = (pool, source) =>
            pool.StreamAsync(x => x + 1, (IEnumerable<int>)source, s_inSmallParts).ReadAll("the stream", pool),
        ["StreamAsync, an asynchronous source"] = (pool, source) =>
            pool.StreamAsync(x => x + 1, (IAsyncEnumerable<int>)source, s_inSmallParts).ReadAll("the stream", pool),
        ["TryStreamAsync, an asynchronous source"] = (pool, source) =>
            pool.TryStreamAsync(x => 100 / x, (IAsyncEnumerable<int>)source, s_inSmallParts).ReadAll("the stream", pool),
        ["StreamAsync, left early"] = (pool, source) =>
            LeaveEarlyAsync(pool.StreamAsync(x => x + 1, (IEnumerable<int>)source, s_inSmallParts)),
        ["StreamAsync, an asynchronous source, left early"] = (pool, source) =>
            LeaveEarlyAsync(pool.StreamAsync(x => x + 1, (IAsyncEnumerable<int>)source, s_inSmallParts)),
        ["MapJob"] = (pool, source) => pool.Coordinator.Ask<MapResult<int>>(new MapJob<int, int>(x => x + 1, source, s_inSmallParts)),
    };

    public static TheoryData<string, string> Calls
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var pool in Pools.Names)
            {
                foreach (var call in s_calls.Keys)
                    all.Add(pool, call);
            }
            return all;
        }
    }

    public static TheoryData<string> PoolNames => [.. Pools.Names];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_source_sees_the_context_of_the_call_in_all_of_its_members(string on, string call)
    {
        using var request = Surroundings.Enter("at the call");
        var source = new WatchedSource(20);

        var job = s_calls[call](pools[on], source);
        Surroundings.Tenant.Value = "after the call";
        await job.Within(call, pools[on]);

        await Deadline.Until(() => source.IsDisposed, "the end of the source", pools[on]);
        Assert.All(source.Seen, seen => Assert.Equal(("at the call", "de-CH", "request"), seen.Surroundings));
        string[] members = ["Current", "Dispose", "GetEnumerator", "MoveNext"];
        Assert.Equal(
            members,
            source.Seen.Select(seen => seen.Member).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("after the call", Surroundings.Tenant.Value);
    }

    [Theory]
    [MemberData(nameof(PoolNames))]
    public async Task A_progress_handler_sees_the_context_of_the_call(string on)
    {
        using var request = Surroundings.Enter("at the call");
        var seen = new ConcurrentQueue<(string?, string, string?)>();
        var options = new JobOptions
        {
            Progress = new ProgressTo(_ =>
            {
                seen.Enqueue(Surroundings.See());
                Surroundings.Tenant.Value = "left by the report before";
            }),
        };

        var jobs = new[]
        {
            pools[on].MapAsync(x => x + 1, Enumerable.Range(0, 100).ToArray(), options),
            pools[on].StreamAsync(x => x + 1, Enumerable.Range(0, 100), options).ReadAll("the stream", pools[on]),
            pools[on].Coordinator.Ask<MapResult<int>>(new MapJob<int, int>(x => x + 1, [1, 2, 3], options)),
            (Task)pools[on].AggregateAsync(() => 0, (sum, x) => sum + x, (a, b) => a + b, Enumerable.Range(0, 100), options),
        };
        Surroundings.Tenant.Value = "after the call";
        await Task.WhenAll(jobs).Within("the jobs", pools[on]);

        Assert.InRange(seen.Count, jobs.Length, int.MaxValue);
        Assert.All(seen, one => Assert.Equal(("at the call", "de-CH", "request"), one));
    }

    [Theory]
    [MemberData(nameof(PoolNames))]
    public async Task A_merge_sees_the_context_of_the_call_and_a_fold_starts_clean(string on)
    {
        using var request = Surroundings.Enter("at the call");
        var seen = new ConcurrentQueue<(string?, string, string?)>();

        var fold = pools[on].AggregateAsync(
            () => 0,
            (dirty, _) => dirty + (Surroundings.Tenant.Value is null ? 0 : 1),
            (a, b) =>
            {
                seen.Enqueue(Surroundings.See());
                return a + b;
            },
            Enumerable.Range(0, 20), s_inSmallParts);
        Surroundings.Tenant.Value = "after the call";

        Assert.Equal(0, await fold.Within("the fold", pools[on]));
        Assert.NotEmpty(seen);
        Assert.All(seen, one => Assert.Equal(("at the call", "de-CH", "request"), one));
    }

    [Theory]
    [MemberData(nameof(PoolNames))]
    public async Task A_function_starts_clean_although_its_source_does_not(string on)
    {
        using var request = Surroundings.Enter("at the call");

        var seen = await pools[on].MapAsync(
            source => $"{source}, {Surroundings.Tenant.Value ?? "clean"}", ReadTenants(20), s_inSmallParts).Within("the map", pools[on]);

        Assert.All(seen, one => Assert.Equal("at the call, clean", one));
    }

    [Theory]
    [MemberData(nameof(PoolNames))]
    public async Task An_iterator_finds_what_it_has_set_as_in_a_foreach(string on)
    {
        Surroundings.Tenant.Value = "";
        var plain = await Task.Run(() => GrowTenants(10).ToArray());

        var here = await pools[on].MapAsync(x => x, GrowTenants(10), s_inSmallParts).Within("the map", pools[on]);
        var streamed = await pools[on].StreamAsync(x => x, GrowTenants(10), s_inSmallParts).ReadAll("the stream", pools[on]);

        Assert.Equal("..........", plain[^1]);
        Assert.Equal(plain, here);
        Assert.Equal(plain, streamed, StringComparer.Ordinal);
        Assert.Equal("", Surroundings.Tenant.Value);
    }

    [Theory]
    [MemberData(nameof(PoolNames))]
    public async Task An_asynchronous_iterator_finds_what_it_has_set_as_in_an_await_foreach(string on)
    {
        Surroundings.Tenant.Value = "";
        foreach (var create in new Func<IAsyncEnumerable<string>>[] { () => GrowTenantsAsync(10), () => new GrowingSource(10) })
        {
            var plain = await ReadPlainAsync(create());
            var streamed = await pools[on].StreamAsync(x => x, create(), s_inSmallParts).ReadAll("the stream", pools[on]);

            Assert.Equal(10, plain.Count);
            Assert.Equal(plain, streamed);
            Assert.Equal("", Surroundings.Tenant.Value);
        }
    }

    [Theory]
    [MemberData(nameof(PoolNames))]
    public async Task A_caller_that_suppresses_the_flow_passes_nothing_on(string on)
    {
        using var request = Surroundings.Enter("at the call");
        var reports = new ConcurrentQueue<(string?, string, string?)>();
        var options = s_inSmallParts with { Progress = new ProgressTo(_ => reports.Enqueue(Surroundings.See())) };
        Task<string[]> job;
        using (ExecutionContext.SuppressFlow())
            job = pools[on].MapAsync(x => x, ReadTenants(10), options);

        Assert.All(await job.Within("the map", pools[on]), tenant => Assert.Equal("none", tenant));
        Assert.NotEmpty(reports);
        Assert.All(reports, report => Assert.Null(report.Item1));
    }

    [Fact]
    public async Task The_source_of_a_nested_call_sees_the_item_that_made_the_call()
    {
        var pool = pools["a local pool"];

        var names = await pool.ApplyAsync(
            async (CancellationToken token) => await pool.MapAsync(x => x, JobNames(5), s_inSmallParts, token),
            new JobOptions { Name = "outer" }).Within("nested", pool);

        Assert.Equal(Enumerable.Repeat("outer", 5), names, StringComparer.Ordinal);
    }

    [Fact]
    public void The_context_is_no_part_of_a_messages_value()
    {
        Func<int, int> function = x => x + 1;
        int[] inputs = [1];
        Surroundings.Tenant.Value = "one";
        var first = new MapJob<int, int>(function, inputs);
        Surroundings.Tenant.Value = "another";
        var second = new MapJob<int, int>(function, inputs);

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Surroundings.Tenant.Value = null; // a test that is not asynchronous leaves it to the next one
    }

    private static async Task LeaveEarlyAsync<T>(IAsyncEnumerable<T> stream)
    {
        var read = 0;
        await foreach (var _ in stream)
        {
            if (++read == 3)
                break;
        }
    }

    private static async Task<List<T>> ReadPlainAsync<T>(IAsyncEnumerable<T> source)
    {
        var items = new List<T>();
        await foreach (var item in source)
            items.Add(item);
        return items;
    }

    private static IEnumerable<string> ReadTenants(int count)
    {
        for (var i = 0; i < count; i++)
            yield return Surroundings.Tenant.Value ?? "none";
    }

    private static IEnumerable<string> JobNames(int count)
    {
        for (var i = 0; i < count; i++)
            yield return WorkContext.Current?.JobName ?? "none";
    }

    private static IEnumerable<string> GrowTenants(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Surroundings.Tenant.Value += ".";
            yield return Surroundings.Tenant.Value;
        }
    }

    private static async IAsyncEnumerable<string> GrowTenantsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Surroundings.Tenant.Value += ".";
            if (i % 2 == 0)
                await Task.Yield();
            yield return Surroundings.Tenant.Value;
        }
    }

    /// <summary>Sets the tenant in a method that is not asynchronous.</summary>
    /// <remarks>The change stays in its consumer's flow.</remarks>
    private sealed class GrowingSource(int count) : IAsyncEnumerable<string>, IAsyncEnumerator<string>
    {
        private int _moves;

        public string Current { get; private set; } = "";

        public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync()
        {
            Surroundings.Tenant.Value += ".";
            Current = Surroundings.Tenant.Value;
            return new ValueTask<bool>(++_moves <= count);
        }

        public ValueTask DisposeAsync() => default;
    }

    /// <summary>A local pool, and one over two nodes of this process.</summary>
    public sealed class Pools : IAsyncLifetime
    {
        private readonly LoopbackCluster _cluster = new();
        private readonly Dictionary<string, WorkerPool> _pools = new(StringComparer.Ordinal);

        public static string[] Names { get; } = ["a local pool", "a pool over nodes"];

        public WorkerPool this[string name] => _pools[name];

        public async Task InitializeAsync()
        {
            await _cluster.InitializeAsync();
            _pools[Names[0]] = WorkerPool.Create(2);
            _pools[Names[1]] = await _cluster.ConnectAsync();
        }

        public async Task DisposeAsync()
        {
            foreach (var pool in _pools.Values)
                await pool.DisposeAsync();
            await _cluster.DisposeAsync();
        }
    }
}
