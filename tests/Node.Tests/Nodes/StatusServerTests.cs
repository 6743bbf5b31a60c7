using System.Net;
using System.Net.Sockets;
using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Nodes;

/// <summary>What a node's process serves over HTTP.</summary>
public sealed class StatusServerTests : IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_node_is_live_and_ready_and_has_metrics()
    {
        using var node = NodeProcess.Start("--seed", "--port", "0", "--http", "0");
        var url = await GetUrlAsync(node);
        await node.AwaitAsync("next:");
        await AwaitAsync(url, HttpStatusCode.OK);

        Assert.StartsWith("http://127.0.0.1:", url, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "live\n"), await GetAsync($"{url}/livez"));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync($"{url}/readyz"));
        var (status, metrics) = await GetAsync($"{url}/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("actorpool_node_ready 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_process_cpu_time_seconds_total counter\n", metrics, StringComparison.Ordinal);
        Assert.Contains("dotnet_process_memory_working_set_bytes ", metrics, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Fact]
    public async Task There_is_nothing_else_without_a_token()
    {
        using var node = NodeProcess.Start("--seed", "--port", "0", "--http", "127.0.0.1:0");
        var url = await GetUrlAsync(node);

        foreach (var path in new[] { "/", "/metrics/", "/livez/../../etc/passwd", "/LIVEZ", "/debug" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync($"{url}{path}")).Status);
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options })
        {
            using var request = new HttpRequestMessage(method, $"{url}/livez");
            using var response = await _http.SendAsync(request).Within("the answer");
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow, StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task A_node_is_not_ready_before_it_is_in_a_cluster()
    {
        using var reserved = new Socket(SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var seedPort = $"{((IPEndPoint)reserved.LocalEndPoint!).Port}";
        reserved.Dispose();
        using var node = NodeProcess.Start("--join", $"127.0.0.1:{seedPort}", "--http", "0");
        var url = await GetUrlAsync(node);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "The node is not in a cluster yet.\n"), await GetAsync($"{url}/readyz"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync($"{url}/livez")).Status);
        Assert.Contains("actorpool_node_ready 0\n", (await GetAsync($"{url}/metrics")).Text, StringComparison.Ordinal);

        using var seed = NodeProcess.Start("--seed", "--port", seedPort);
        await node.AwaitAsync("ready.");
        await AwaitAsync(url, HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_node_that_drains_is_live_and_not_ready()
    {
        using var node = NodeProcess.StartWith(
            ["ACTORPOOL__CLUSTER__HTTP=0", "ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=1m"], ["--seed", "--port", "0", "--workers", "1"]);
        var url = await GetUrlAsync(node);
        var address = (await node.AwaitAsync("control:")).Split("control:")[1].Trim();
        var folder = Directory.CreateTempSubdirectory("drain-");
        try
        {
            await using var pool = await WorkerPool.ConnectAsync(address).Within("the connection");
            var (started, end) = (Path.Combine(folder.FullName, "started"), Path.Combine(folder.FullName, "end"));
            var job = pool.ApplyAsync(async (files, token) => await WaitForFileAsync(files.started, files.end, token), (started, end));
            await Deadline.Until(() => File.Exists(started), "the item to start", pool);

            await node.SignalAsync("TERM");

            await AwaitAsync(url, HttpStatusCode.ServiceUnavailable);
            Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, "The node leaves its cluster, and finishes what it runs.\n"),
                await GetAsync($"{url}/readyz"));
            Assert.Equal(HttpStatusCode.OK, (await GetAsync($"{url}/livez")).Status);
            await File.WriteAllTextAsync(end, "");
            Assert.True(await job.Within("the item", pool));
            await node.CheckEndAsync(0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_node_that_has_lost_its_cluster_is_not_ready()
    {
        using var seed = NodeProcess.Start("--seed", "--port", "0", "--http", "0");
        var address = (await seed.AwaitAsync("control:")).Split("control:")[1].Trim();
        using var node = NodeProcess.Start("--join", address, "--http", "0");
        var (seedUrl, url) = (await GetUrlAsync(seed), await GetUrlAsync(node));
        await AwaitAsync(url, HttpStatusCode.OK);

        await seed.SignalAsync("STOP");
        await AwaitAsync(url, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("The node reaches no other member of its cluster.\n", (await GetAsync($"{url}/readyz")).Text);
        await seed.SignalAsync("CONT");

        await AwaitAsync(url, HttpStatusCode.OK);
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync($"{seedUrl}/readyz"));
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        using var node = NodeProcess.Start("--seed", "--port", "0", "--http", $"{port}");

        await node.CheckEndAsync(1);

        Assert.Contains(
            $"Error: The node cannot serve --http on [127.0.0.1:{port}]: Address already in use. Choose another port", node.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("ready.", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_of_the_node_that_is_in_use_is_one_line_and_none_of_Akka()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        using var node = NodeProcess.Start("--seed", "--port", $"{port}", "--http", "0");

        await node.CheckEndAsync(1);

        Assert.Contains($"Error: The node cannot listen on [127.0.0.1:{port}]", node.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("[ERROR]", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_address_is_refused()
    {
        using var flag = NodeProcess.Start("--seed", "--port", "0", "--http", "example.org:9110");
        using var variable = NodeProcess.StartWith(["ACTORPOOL__CLUSTER__HTTP=on"], ["--seed", "--port", "0"]);

        await flag.CheckEndAsync(2);
        await variable.CheckEndAsync(78);

        Assert.Contains("--http is [example.org:9110]; it must be a port", flag.Error, StringComparison.Ordinal);
        Assert.Contains(
            "actorpool.cluster.http is [on] (the variable ACTORPOOL__CLUSTER__HTTP). Write [off] or a port", variable.Error,
            StringComparison.Ordinal);
    }

    private static async Task<bool> WaitForFileAsync(string started, string end, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(started, "", cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!File.Exists(end))
            await timer.WaitForNextTickAsync(cancellationToken);
        return true;
    }

    private static async Task<string> GetUrlAsync(NodeProcess node) =>
        (await node.AwaitAsync("Serving http://")).Split("Serving ")[1].Split("/livez")[0];

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string url)
    {
        using var response = await _http.GetAsync(new Uri(url)).Within($"the answer of {url}");
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until /readyz has this status.</summary>
    private async Task AwaitAsync(string url, HttpStatusCode status)
    {
        var limit = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await GetAsync($"{url}/readyz")).Status != status)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(limit) < Deadline.Limit, $"{url}/readyz did not become {status}.");
            await timer.WaitForNextTickAsync();
        }
    }
}
