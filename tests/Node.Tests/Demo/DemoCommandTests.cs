using System.Xml.Linq;

namespace ActorPool.Node.Tests.Demo;

public sealed class DemoCommandTests : IDisposable
{
    private const string Escape = "\u001b";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("demo");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_demo_prints_its_results_and_nothing_else_on_standard_output()
    {
        using var node = NodeProcess.Start("demo", "--rows", "2000", "--runs", "1");

        await node.CheckEndAsync(0);

        Assert.StartsWith("[1, 4, 9, 16, 25]\n", node.Output, StringComparison.Ordinal);
        Assert.Contains("a plain loop", node.Output, StringComparison.Ordinal);
        Assert.Contains("1 worker ", node.Output, StringComparison.Ordinal);
        Assert.Contains("every result of the pools equals the loop's", node.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, node.Output + node.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("akka", node.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("A table of 2,000 x 4", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plot_is_drawn_as_svg()
    {
        var file = Path.Combine(_folder.FullName, "speedup.svg");
        using var node = NodeProcess.Start("demo", "--rows", "2000", "--runs", "1", "--plot", file);

        await node.CheckEndAsync(0);

        Assert.Equal("svg", XDocument.Load(file).Root!.Name.LocalName);
    }

    [Theory]
    [InlineData("--rows", "0")]
    [InlineData("--rows", "many")]
    [InlineData("--runs", "0")]
    [InlineData("--max-workers", "-1")]
    [InlineData("--plot", "speedup.gif")]
    [InlineData("--plot", "speedup.png")]
    [InlineData("--no-such-flag", "1")]
    [InlineData("--cluster", "nowhere")]
    public async Task Wrong_flags_are_refused_by_name_before_any_work(string flag, string value)
    {
        using var node = NodeProcess.Start("demo", flag, value);

        await node.CheckEndAsync(2);

        Assert.Contains(flag, node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Fact]
    public async Task Workers_of_this_process_cannot_be_set_with_a_cluster()
    {
        using var node = NodeProcess.Start("demo", "--cluster", "127.0.0.1:8110", "--max-workers", "2");

        await node.CheckEndAsync(2);

        Assert.Contains("--max-workers", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_runs_on_a_cluster()
    {
        using var seed = NodeProcess.Start("--seed", "--port", "0", "--workers", "3");
        var address = (await seed.AwaitAsync("control:")).Split("control:")[1].Trim();
        using var node = NodeProcess.Start("demo", "--cluster", address, "--rows", "2000", "--runs", "1");

        await node.CheckEndAsync(0);

        Assert.StartsWith("[1, 4, 9, 16, 25]\n", node.Output, StringComparison.Ordinal);
        Assert.Contains("3 workers ", node.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("1 worker ", node.Output, StringComparison.Ordinal);
        Assert.Contains("every result of the pools equals the loop's", node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_of_its_pools_come_from_a_file()
    {
        var file = Path.Combine(_folder.FullName, "demo.conf");
        await File.WriteAllTextAsync(file, "actorpool.cluster.connect-timeout = soon");
        using var node = NodeProcess.Start("demo", "--cluster", "127.0.0.1:1", "--config", file);

        await node.CheckEndAsync(78);

        Assert.Contains($"{file}, line 1", node.Error, StringComparison.Ordinal);
        Assert.Contains("[soon]", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_cluster_is_named()
    {
        using var node = NodeProcess.StartWith(["ACTORPOOL__CLUSTER__CONNECT_TIMEOUT=3s"], ["demo", "--cluster", "127.0.0.1:1"]);

        await node.CheckEndAsync(1);

        Assert.Contains("Tried [127.0.0.1:1]: Connection refused", node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Fact]
    public async Task A_plot_that_cannot_be_written_is_found_before_any_work()
    {
        using var node = NodeProcess.Start("demo", "--rows", "2000", "--plot", Path.Combine(_folder.FullName, "missing", "speedup.svg"));

        Assert.NotEqual(0, await node.EndAsync());

        Assert.Contains("missing", node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_cancels_the_demo(string signal, int exitCode)
    {
        using var node = await NodeProcess.StartAndAwaitAsync("[1, 4, 9, 16, 25]", "demo", "--runs", "1000");

        await node.SignalAsync(signal);

        await node.CheckEndAsync(exitCode);
        Assert.Contains("Cancelled", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_that_is_delivered_twice_at_once_is_one_request()
    {
        using var node = await NodeProcess.StartAndAwaitAsync("[1, 4, 9, 16, 25]", "demo", "--runs", "1000");

        await node.SignalAsync("INT");
        await node.SignalAsync("INT");

        await node.CheckEndAsync(130);
        Assert.Contains("Cancelled by SIGINT", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_servers_get_no_escape_codes()
    {
        using var node = NodeProcess.StartWith(["GITHUB_ACTIONS=true", "TERM=xterm-256color"], ["demo", "--rows", "2000", "--runs", "1"]);

        await node.CheckEndAsync(0);

        Assert.DoesNotContain(Escape, node.Output + node.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "demo")]
    [InlineData("--version", ".")]
    public async Task Help_and_version_are_results(string flag, string text)
    {
        using var node = NodeProcess.Start(flag);

        await node.CheckEndAsync(0);

        Assert.Contains(text, node.Output, StringComparison.Ordinal);
        Assert.Equal("", node.Error);
    }

    [Fact]
    public async Task A_progress_bar_appears_on_a_terminal()
    {
        // Rows for several hundred milliseconds per run: the bar is drawn ten times a second, and a shorter run may end before it is drawn.
        using var node = NodeProcess.StartOnTerminal("demo", "--rows", "300000", "--runs", "1");

        await node.CheckEndAsync(0);

        Assert.Contains(Escape, node.Output, StringComparison.Ordinal);
        Assert.Contains("%", node.Output, StringComparison.Ordinal);
        Assert.Contains(" of 300,000  ", node.Output, StringComparison.Ordinal);
        Assert.Contains("[1, 4, 9, 16, 25]", node.Output, StringComparison.Ordinal);
    }
}
