using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Tests.Cluster;

/// <summary>A pool over nodes says what its functions change in vain, or refuses them.</summary>
public sealed class LostWriteClusterTests(LoopbackCluster cluster) : IClassFixture<LoopbackCluster>
{
    private static readonly int[] s_inputs = [1, 2];
    private static readonly int[] s_tripled = [3, 6];
    private static int s_factor = 1;
    private static int s_initialized;

    [Fact]
    public async Task The_first_call_of_a_function_warns_once()
    {
        await using var pool = await cluster.ConnectAsync();
        var lines = Listen(pool);
        var (n, other) = (0, 0);
        Func<int, int> function = x => x + n++;
        for (var call = 0; call < 3; call++)
            await pool.MapAsync(function, Enumerable.Range(0, 10).ToArray()).Within("the calls", pool);
        await pool.MapAsync(x => x + other++, s_inputs).Within("a call of another function", pool);
        await Deadline.Until(() => lines.Any(line => line.Contains("[other]", StringComparison.Ordinal)), "the second line", pool);

        Assert.Single(lines, line => line.Contains("[n]", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count);
        Assert.StartsWith(
            "[a lambda in LostWriteClusterTests.The_first_call_of_a_function_warns_once] does not mean the same on a node as here. ",
            lines.First(), StringComparison.Ordinal);
        Assert.Equal((0, 0), (n, other));
    }

    [Fact]
    public async Task A_function_that_only_reads_what_it_captures_gives_no_warning()
    {
        await using var pool = await cluster.ConnectAsync();
        var lines = Listen(pool);
        var (factor, n) = (3, 0);
        Assert.Equal(s_tripled, await pool.MapAsync(x => x * factor, s_inputs).Within("the call", pool));
        await pool.MapAsync(x => x + n++, s_inputs).Within("a call that warns", pool);
        await Deadline.Until(() => !lines.IsEmpty, "its warning", pool);
        Assert.Contains("[n]", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_is_refused_at_the_call_where_the_setting_says_so()
    {
        await using var pool = await cluster.ConnectAsync(new() { Config = "actorpool.cluster.lost-writes = refuse" });
        var (list, factor) = (new List<int>(), 3);
        s_factor = factor;
        for (var call = 0; call < 2; call++)
        {
            var error = await Assert.ThrowsAsync<FunctionNotShippableException>(() =>
                pool.ForEachAsync(x => list.Add(x), s_inputs).Within("the call", pool));
            Assert.Equal("list", error.Captured);
            Assert.Equal(
                "a lambda in LostWriteClusterTests.A_function_is_refused_at_the_call_where_the_setting_says_so", error.Function);
            Assert.Contains("[list] (Add)", error.Message, StringComparison.Ordinal);
            Assert.Contains("actorpool.cluster.lost-writes", error.Message, StringComparison.Ordinal);
        }
        var ofStatic = await Assert.ThrowsAsync<FunctionNotShippableException>(() =>
            pool.MapAsync(x => x * s_factor, s_inputs).Within("the call", pool));
        Assert.Contains("[LostWriteClusterTests.s_factor]", ofStatic.Message, StringComparison.Ordinal);
        Assert.Equal(s_tripled, await pool.MapAsync(x => x * factor, s_inputs).Within("a call that is not refused", pool));
    }

    [Fact]
    public async Task Nothing_is_said_where_the_setting_says_so()
    {
        await using var pool = await cluster.ConnectAsync(new() { Config = "actorpool.cluster.lost-writes = ignore" });
        var lines = Listen(pool);
        var n = 0;
        Assert.Equal(2, (await pool.MapAsync(x => x + n++, s_inputs).Within("the call", pool)).Length);
        Assert.Empty(lines);
    }

    [Fact]
    public async Task An_input_that_the_function_captures_too_is_told_once_or_refused()
    {
        var nodes = Enumerable.Range(0, 20).Select(_ => new Stop()).ToArray();
        var distances = nodes.Select((node, i) => (node, i)).ToDictionary(pair => pair.node, pair => 10 * pair.i);
        var names = nodes.Select((_, i) => new Name($"{i}")).ToArray();
        await using (var pool = await cluster.ConnectAsync())
        {
            var lines = Listen(pool);
            for (var call = 0; call < 2; call++)
                await pool.MapAsync(node => distances.GetValueOrDefault(node, -1), nodes).Within("the call", pool);
            await Deadline.Until(() => !lines.IsEmpty, "the warning", pool);
            Assert.Contains("is also in what it captures", Assert.Single(lines), StringComparison.Ordinal);
            // What is compared by what it holds is the same there, and what is in one item stays the same object.
            Assert.All(await pool.MapAsync(name => names.Contains(name), names).Within("names", pool), Assert.True);
            var pairs = nodes.Select(node => (distances, node)).ToArray();
            Assert.Equal(
                nodes.Select((_, i) => 10 * i), await pool.StarMapAsync((map, node) => map[node], pairs).Within("pairs", pool));
            Assert.Single(lines);
        }
        await using var refusing = await cluster.ConnectAsync(new() { Config = "actorpool.cluster.lost-writes = refuse" });
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(() =>
            refusing.MapAsync(node => distances.GetValueOrDefault(node, -1), nodes).Within("the refused call", refusing));
        Assert.Contains("], a [LostWriteClusterTests.Stop], is also in what it captures", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_is_looked_at_with_each_function_that_it_is_given()
    {
        await using var pool = await cluster.ConnectAsync();
        var lines = Listen(pool);
        var sums = new List<int>();
        await Each(pool, x => GC.KeepAlive(x));
        await Each(pool, x => sums.Add(x));
        await Deadline.Until(() => !lines.IsEmpty, "the warning", pool);
        Assert.Contains("[sums] (Add)", Assert.Single(lines), StringComparison.Ordinal);

        await using var refusing = await cluster.ConnectAsync(new() { Config = "actorpool.cluster.lost-writes = refuse" });
        await Each(refusing, x => GC.KeepAlive(x));
        await Assert.ThrowsAsync<FunctionNotShippableException>(() => Each(refusing, x => sums.Add(x)));
        await Each(refusing, x => GC.KeepAlive(x));

        static Task Each(WorkerPool pool, Action<int> action) => pool.ForEachAsync(x => action(x), s_inputs).Within("a call", pool);
    }

    [Fact]
    public async Task A_value_whose_method_reads_a_static_that_the_program_sets_is_told_once_or_refused()
    {
        s_factor = 3;
        object[] inputs = [new Scaled(1), new Scaled(2)];
        await using (var pool = await cluster.ConnectAsync())
        {
            var lines = Listen(pool);
            for (var call = 0; call < 2; call++)
                await pool.MapAsync(x => $"{x}", inputs).Within("the call", pool);
            await Deadline.Until(() => !lines.IsEmpty, "the warning", pool);
            Assert.Contains("Scaled.ToString", Assert.Single(lines), StringComparison.Ordinal);
            Assert.Contains("[LostWriteClusterTests.s_factor]", lines.Single(), StringComparison.Ordinal);
        }
        await using var refusing = await cluster.ConnectAsync(new() { Config = "actorpool.cluster.lost-writes = refuse" });
        var error = await Assert.ThrowsAsync<PayloadException>(() =>
            refusing.MapAsync(x => $"{x}", inputs).Within("the refused call", refusing));
        Assert.Contains("[LostWriteClusterTests.s_factor]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_static_that_the_initializer_sets_is_the_same_on_each_node()
    {
        var options = new WorkerPoolOptions
        {
            Config = "actorpool.cluster.lost-writes = refuse",
            Initializer = static () => s_initialized = 3,
        };
        await using var pool = await cluster.ConnectAsync(options);
        Assert.Equal(s_tripled, await pool.MapAsync(x => x * s_initialized, s_inputs).Within("the call", pool));
    }

    [Fact]
    public async Task A_pool_of_this_process_says_nothing()
    {
        await using var pool = WorkerPool.Create(
            new WorkerPoolOptions { Workers = 1, Config = "actorpool.cluster.lost-writes = refuse" });
        var lines = Listen(pool);
        var n = 0;
        await pool.ForEachAsync(_ => n++, s_inputs).Within("the call", pool);
        Assert.Equal(2, n);
        Assert.Empty(lines);
    }

    private static ConcurrentQueue<string> Listen(WorkerPool pool)
    {
        var lines = new ConcurrentQueue<string>();
        var system = ((ActorRefWithCell)pool.Coordinator).Underlying.System;
        var listener = system.ActorOf(Props.Create(() => new Listener(lines)));
        system.EventStream.Subscribe(listener, typeof(Warning));
        return lines;
    }

    private sealed class Stop;

    private sealed class Scaled(int value)
    {
        public override string ToString() => $"{value * s_factor}";
    }

    private sealed record Name(string Text);

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> lines) => Receive<Warning>(warning =>
        {
            if (warning.ToString().Contains("lost-writes", StringComparison.Ordinal))
                lines.Enqueue(warning.Message.ToString() ?? "");
        });
    }
}
