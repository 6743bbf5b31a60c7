using System.Collections.Concurrent;
using System.Diagnostics;
using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;
using Microsoft.Extensions.Logging;

namespace ActorPool.ClusterTests;

/// <summary>Traces, logs and log lines between a program and processes of <c>dotnet Node.dll</c>.</summary>
public sealed class TelemetryTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("process")]
    public async Task A_trace_goes_through_the_node_to_its_items(string isolation)
    {
        using var node = await ClusterNode.StartSeedAsync(workers: 1, "--isolation", isolation);
        await using var pool = await node.ConnectAsync(1, new WorkerPoolOptions { Name = "traced", Initializer = NodeSpans.Listen });
        using var listener = NodeSpans.StartListener();
        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C);
        caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        caller.Start();

        await pool.TryMapAsync(
            x => x == 1 ? throw new FormatException() : x, [0, 1], new JobOptions { Name = "two", ChunkSize = 2 }).Within("the job", pool);
        caller.Stop();

        var there = await pool.ApplyAsync(NodeSpans.Get, caller.TraceId.ToHexString()).Within("the node's spans", pool);
        var here = NodeSpans.Get(caller.TraceId.ToHexString());
        var job = Assert.Single(here, span => span.Name is "actorpool.job");
        Assert.Equal(caller.SpanId.ToHexString(), job.Parent);
        // One chunk, or more if a busy node was given up for a while and its chunk was dispatched again.
        var sent = here.Where(span => span is { Name: "actorpool.chunk", Kind: ActivityKind.Client }).ToList();
        Assert.NotEmpty(sent);
        Assert.All(sent, chunk => Assert.Equal((job.Id, node.Address), (chunk.Parent, chunk.Node)));
        var received = there.Where(span => span is { Name: "actorpool.chunk", Kind: ActivityKind.Server }).ToList();
        // Also in a worker process of the node: no one listens in the node's own process, which passes the trace on.
        var ids = sent.Select(chunk => chunk.Id).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(received);
        Assert.All(received, chunk => Assert.True(ids.Contains(chunk.Parent), chunk.ToString()));
        var items = there.Where(span => span.Name is "actorpool.item").ToList();
        Assert.Equal([0L, 1L], items.Select(item => item.Item!.Value).Distinct().Order());
        Assert.All(items, item =>
        {
            Assert.Contains(received, chunk => string.Equals(chunk.Id, item.Parent, StringComparison.Ordinal));
            Assert.Equal((node.Address, "two"), (item.Node, item.Job));
            Assert.Equal(item.Item == 1 ? "System.FormatException" : null, item.Error);
        });
    }

    [Theory]
    [InlineData("none")]
    [InlineData("process")]
    public async Task What_functions_log_and_write_comes_to_the_callers_log(string isolation)
    {
        var logger = new Lines();
        using var node = await ClusterNode.StartSeedAsync(workers: 1, "--isolation", isolation);
        await using var pool = await node.ConnectAsync(
            1, new WorkerPoolOptions { FunctionLogger = logger, Config = "actorpool.forward-output = log" });

        await pool.ForEachAsync(
            x =>
            {
                WorkContext.Current!.Logger.LogInformation("logged {Text}", x);
                Console.WriteLine($"written {x}");
            },
            ["five"], new JobOptions { Name = "talks" }).Within("the job", pool);

        await Deadline.Until(() => logger.Texts.Count == 2, "both lines", pool);
        Assert.All(logger.Texts, text => Assert.Contains($" on {node.Address}, item 0 of [talks]: ", text, StringComparison.Ordinal));
        var texts = logger.Texts.Select(text => text[(text.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]);
        Assert.Equal("logged five, written five", string.Join(", ", texts.Order(StringComparer.Ordinal)));
        Assert.DoesNotContain("written", node.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_logs_which_jobs_run_and_fail_on_it_and_which_members_come_and_go()
    {
        using var seed = await ClusterNode.StartSeedAsync(workers: 1, "--config", Repository.Config("seed.conf")); // logs at INFO
        await using (var pool = await seed.ConnectAsync(1, new WorkerPoolOptions { Name = "orders" }))
        {
            await pool.MapAsync(x => x + 1, Enumerable.Range(0, 10), new JobOptions { Name = "sums" }).Within("the job", pool);
            await Assert.ThrowsAsync<WorkItemException>(() => pool.ForEachAsync(
                x => throw new FormatException($"{x} is secret"), [1], new JobOptions { Name = "fails" }).Within("the failure", pool));
        }
        using (var second = await seed.StartNextAsync(workers: 1))
        {
            await seed.Process.AwaitAsync($"The node [{second.Address}] has joined the cluster, which has [2] nodes.");
            await second.Process.SignalAsync("TERM");
            await seed.Process.AwaitAsync($"The node [{second.Address}] has left the cluster, which has [1] nodes.");
        }

        await seed.Process.AwaitAsync("[sums] (id ");
        await seed.Process.AwaitAsync("with [10] items, of which [0] failed.");
        await seed.Process.AwaitAsync("failed here: item [0] threw [System.FormatException].");
        Assert.DoesNotContain("secret", seed.Process.Log, StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Enqueue(formatter(state, exception));
    }
}
