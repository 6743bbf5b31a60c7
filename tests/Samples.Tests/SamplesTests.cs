using System.Globalization;
using System.Net;
using System.Text;
using ActorPool.Node.Tests;

namespace ActorPool.Samples.Tests;

/// <summary>Runs each sample as a real process, from its own folder.</summary>
public sealed class SamplesTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task FirstMap_prints_squares_failures_and_a_sum()
    {
        using var sample = RunSample("FirstMap");

        Assert.True(await sample.EndAsync() == 0, sample.Log);
        Assert.Equal(
            """
            Squares: 1, 4, 9, 16, 25
            Input 2 failed: Attempted to divide by zero.
            Outcomes: 20, 50, failed, 100
            Sum of the squares of 1 to 1000: 333833500

            """,
            sample.Output);
    }

    [Fact]
    public async Task Cluster_counts_primes_on_two_nodes()
    {
        using var seed = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--workers", "1");
        var address = GetAddress(seed);
        using var second = await NodeProcess.StartAndAwaitAsync("next:", "--join", address, "--workers", "1");
        using var sample = RunSample("Cluster", address);

        Assert.True(await sample.EndAsync() == 0, sample.Log);
        Assert.Contains($"Connected to {address}: ", sample.Output, StringComparison.Ordinal);
        Assert.Contains("148933 primes below 2000000", sample.Output, StringComparison.Ordinal);
        Assert.Contains($"Process {seed.Id} counted ", sample.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"Process {sample.Id} ", sample.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Converters_sends_the_zones_of_a_library_by_their_ids()
    {
        using var seed = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--workers", "1");
        using var sample = RunSample("Converters", GetAddress(seed));

        Assert.True(await sample.EndAsync() == 0, sample.Log);
        Assert.Equal(
            """
            9:00 in Europe/Berlin is 09:00 in Berlin; same zone: True
            9:00 in America/New_York is 15:00 in Berlin; same zone: True
            9:00 in Asia/Tokyo is 02:00 in Berlin; same zone: True

            """,
            sample.Output);
    }

    [Fact]
    public async Task Service_answers_and_lets_a_running_request_end()
    {
        using var service = RunSample("Service", "--urls", "http://127.0.0.1:0");
        var line = await service.AwaitAsync("Now listening on: ");
        var address = line[line.IndexOf("http", StringComparison.Ordinal)..].Trim();
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = s_deadline };

        Assert.Equal("1229 primes below 10000\n", await http.GetStringAsync("/primes/10000"));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/primes/-1")).StatusCode);

        // The test decides when the request ends.
        var end = new TaskCompletionSource();
        using var text = new HeldContent("four words a line\n", lines: 10_000, end.Task);
        var running = http.PostAsync("/words", text);
        while (!(await http.GetStringAsync("/pool")).StartsWith("1 jobs", StringComparison.Ordinal))
            Assert.False(running.IsCompleted, "The request ended before it was seen.");
        await service.SignalAsync("TERM");
        await service.AwaitAsync("Application is shutting down");
        end.SetResult();

        Assert.Equal("40000 words\n", await (await running).Content.ReadAsStringAsync());
        Assert.True(await service.EndAsync() == 0, service.Log);
    }

    [Fact]
    public async Task Service_maps_in_each_of_many_requests_at_a_time()
    {
        using var service = RunSample("Service", "--load", "2000", "--urls", "http://127.0.0.1:0");
        await service.AwaitAsync("2000 requests at a time: ");
        Assert.True(await service.EndAsync(s_deadline) == 0, service.Log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Telemetry_sends_traces_and_measurements_and_serves_Prometheus(bool onNode)
    {
        using var collector = Collector.Start();
        using var seed = onNode ? await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--workers", "1") : null;
        var port = Collector.FindFreePort().ToString(CultureInfo.InvariantCulture);
        string[] arguments = seed is null ? [collector.Address, port] : [collector.Address, port, GetAddress(seed)];
        using var sample = RunSample("Telemetry", arguments);
        await sample.AwaitAsync("Metrics: ");
        using var http = new HttpClient { Timeout = s_deadline };

        var page = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));

        await sample.SignalAsync("INT");
        Assert.True(await sample.EndAsync() == 0, sample.Log);
        Assert.Contains("Squares: 1, 4, 9", sample.Output, StringComparison.Ordinal);
        Assert.Contains("item 2 of [squares]: squared", sample.Output, StringComparison.Ordinal);
        var items = page.Split('\n').Single(line => line.StartsWith("actorpool_items_total{", StringComparison.Ordinal)
            && line.Contains("\"completed\"", StringComparison.Ordinal) && line.Contains("\"sample\"", StringComparison.Ordinal));
        Assert.Matches("} [34](\\.0)?( |$)", items); // with a node, there is one more: the flush
        foreach (var span in new[] { "request", "actorpool.job", "actorpool.chunk" })
            Assert.Contains(span, collector.Get("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("actorpool.item.index", collector.Get("/v1/traces"), StringComparison.Ordinal); // on a node, from there
        Assert.Contains("actorpool.chunk.duration", collector.Get("/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task OneFile_runs_here_and_on_a_cluster()
    {
        var file = Path.Combine(Repository.Root, "samples", "OneFile.cs");
        using var here = NodeProcess.Run("dotnet", "run", file);
        Assert.True(await here.EndAsync(TimeSpan.FromMinutes(5)) == 0, here.Log);
        Assert.Contains("1000 results, the last is 2997, in this process", here.Output, StringComparison.Ordinal);

        using var seed = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--workers", "1");
        using var there = NodeProcess.Run("dotnet", "run", file, "--", GetAddress(seed));
        Assert.True(await there.EndAsync(TimeSpan.FromMinutes(5)) == 0, there.Log);
        Assert.Contains("1000 results, the last is 2997, on a cluster", there.Output, StringComparison.Ordinal);
    }

    private static NodeProcess RunSample(string name, params string[] arguments)
    {
        var target = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(Repository.Root, "samples", name, "bin", Repository.Configuration, target, $"{name}.dll");
        return NodeProcess.Run("dotnet", [program, .. arguments]);
    }

    private static string GetAddress(NodeProcess node)
    {
        var line = node.Error.Split('\n').First(line => line.Contains("control:", StringComparison.Ordinal));
        return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    /// <summary>Sends lines at once, and ends with a task.</summary>
    private sealed class HeldContent(string line, int lines, Task end) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, lines))));
            await stream.FlushAsync();
            await end;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
