using ActorPool.Insights;
using ActorPool.Node.Observing;
using ActorPool.Tests.Support;
using Spectre.Console;

namespace ActorPool.Node.Tests.Observing;

/// <summary>The command <c>top</c>: its rows, and the built program on a real pseudo-terminal.</summary>
public sealed class TopTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TaskCompletionSource s_never = new();

    [Theory]
    [InlineData(20, 10)]
    [InlineData(40, 24)]
    [InlineData(80, 24)]
    [InlineData(200, 50)]
    public void It_fits_each_terminal(int width, int height)
    {
        var problems = Enumerable.Range(0, 9).Select(i => $"Problem {i} {new string('x', 300)}");
        var report = CreateReport(jobs: 30, nodes: 20) with { Problems = [.. problems] };

        var rows = Draw(report, "The connection is lost.", width, height);

        Assert.All(rows, row => Assert.True(row.Length <= width, row));
        Assert.True(rows.Length <= Math.Max(height, 12), string.Join('\n', rows));
        Assert.Contains(rows, row => row.StartsWith("job-0", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.EndsWith(" more problems", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("10.0.0.0:8110", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("The connection is", StringComparison.Ordinal));
    }

    [Fact]
    public void A_job_has_its_numbers_and_a_bar()
    {
        var rows = Draw(CreateReport(jobs: 1, nodes: 1), null, 160, 24);

        Assert.StartsWith("cluster:1  1 of 1 nodes up, 3 of 4 workers busy, 1 running job  12:00:00", rows[0], StringComparison.Ordinal);
        var job = Assert.Single(rows, row => row.StartsWith("job-0", StringComparison.Ordinal));
        Assert.Matches(@"^job-0\s+━{4}─{12}\s+25%\s+1,234/s\s+1 m 30 s\s+2\s+250 of 1,000\s+7\s+orders of host:1$", job.TrimEnd());
        Assert.Matches(@"^10\.0\.0\.0:8110\s+━{12}─{4}\s+3 of 4\s+up\s+5\s+64 MiB\s+2\s+machine$", rows.Single(
            row => row.StartsWith("10.0.0.0", StringComparison.Ordinal)).TrimEnd());
    }

    [Fact]
    public void A_node_that_told_nothing_has_no_numbers()
    {
        var report = CreateReport(jobs: 0, nodes: 1) with { Nodes = [NodeReport.CreateSilent("10.0.0.9:8110", NodeState.Unreachable)] };

        var row = Draw(report, null, 160, 24).Single(row => row.StartsWith("10.0.0.9", StringComparison.Ordinal));

        Assert.Matches(@"^10\.0\.0\.9:8110\s+–\s+unreachable\s+–\s+–\s+–\s*$", row);
    }

    [Fact]
    public void Names_are_text()
    {
        var report = CreateReport(jobs: 1, nodes: 1);
        report = report with { Jobs = [report.Jobs[0] with { Name = "[red]a\e[2J\u202E\nb[/]" }], Problems = ["[bold]\a"] };

        var text = string.Join('\n', Draw(report, null, 80, 24));

        Assert.Contains("[red]a [2J  b[/]", text, StringComparison.Ordinal);
        Assert.Contains("[bold]", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public async Task It_draws_on_the_other_screen_until_q_is_pressed()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        var options = new JobOptions { Name = "held", ChunkSize = 1 };
        var job = cluster.Pool.StartMap(async (x, token) => await HoldAsync(x, token), [1, 2, 3], options);
        using var top = NodeProcess.StartOnTerminalOf(60, "top", "--cluster", cluster.Nodes[0].Address);
        await top.AwaitAsync("held ");

        await top.PressAsync("xq");

        await top.CheckEndAsync(0);
        Assert.Contains("\e[?1049h", top.Output, StringComparison.Ordinal);
        Assert.Contains("\e[?1049l", top.Output, StringComparison.Ordinal);
        Assert.Contains("2 of 2", top.Output, StringComparison.Ordinal);
        job.Cancel();
    }

    [Fact]
    public async Task Control_C_ends_it_and_leaves_the_other_screen()
    {
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("a node");
        using var top = NodeProcess.StartOnTerminalOf(100, "top", "--cluster", node.Address);
        await top.AwaitAsync("No job runs.");

        await top.PressAsync("\x03");

        await top.CheckEndAsync(0);
        Assert.Contains("\e[?1049l", top.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_cluster_is_told_and_it_goes_on_with_the_next()
    {
        using var first = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--workers", "1");
        var address = (await first.AwaitAsync("next:")).Split("--join ")[1].Split(' ')[0].Trim();
        using var top = NodeProcess.StartOnTerminalOf(100, "top", "--cluster", address);
        await top.AwaitAsync("1 of 1 nodes up");

        await first.SignalAsync("KILL");
        await top.AwaitAsync("The connection is lost");
        using var second = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", address.Split(':')[1], "--workers", "7");

        await top.AwaitAsync("0 of 7 workers busy");
        await top.PressAsync("q");
        await top.CheckEndAsync(0);
    }

    [Fact]
    public async Task Without_a_terminal_it_is_one_table()
    {
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("a node");
        using var top = NodeProcess.Start("top", "--cluster", node.Address);

        await top.CheckEndAsync(0);

        Assert.Contains("1 node: 1 worker, 0 busy.", top.Output, StringComparison.Ordinal);
        Assert.Contains(node.Address, top.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", top.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cluster_it_fails()
    {
        using var top = NodeProcess.StartWith(["ACTORPOOL__CLUSTER__CONNECT_TIMEOUT=1s"], ["top", "--cluster", "127.0.0.1:1"]);

        await top.CheckEndAsync(1);

        Assert.Contains("127.0.0.1:1", top.Error, StringComparison.Ordinal);
    }

    private static string[] Draw(ClusterReport report, string? lost, int width, int height)
    {
        var output = new StringWriter();
        var console = Terminal.Create(output, redirected: true);
        console.Profile.Width = width;
        console.Write(new TopView(isUnicode: true).Draw(report, lost, width, height));
        return output.ToString().TrimEnd().Split('\n');
    }

    private static ClusterReport CreateReport(int jobs, int nodes) => new(
        1, s_now, "cluster:1",
        [
            .. Enumerable.Range(0, nodes).Select(i => NodeReport.CreateSilent($"10.0.0.{i}:8110", NodeState.Up) with
            {
                Process = 7, Workers = 4, Busy = 3, Waiting = 5, MemoryBytes = 64 << 20, Pools = 2, Host = "machine",
            }),
        ],
        [],
        [
            .. Enumerable.Range(0, jobs).Select(i => new JobSummary(
                $"k-{i}", "k", "orders", "host:1", i, $"job-{i}", "F", JobState.Running, null, 1000, 250, 2, 0, 7, 1234,
                TimeSpan.FromSeconds(90), s_now.AddSeconds(i), TimeSpan.FromSeconds(30), 4)),
        ],
        []);

    private static async Task<int> HoldAsync(int x, CancellationToken token)
    {
        await s_never.Task.WaitAsync(token);
        return x;
    }
}
