namespace ActorPool.Node.Tests.Nodes;

/// <summary>What a node logs if no one has set a level.</summary>
public sealed class NodeLogTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Members_pools_and_jobs_are_logged_and_nothing_of_Akka()
    {
        using var seed = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--workers", "1");
        await UseAsync(seed);

        foreach (var text in new[] { "has joined the cluster", "has left the cluster", "uses this node", "runs here", "has ended; here" })
            Assert.Contains("[INFO]", await seed.AwaitAsync(text), StringComparison.Ordinal);
        var lines = seed.Error.Split('\n').Where(line => line.StartsWith("[INFO]", StringComparison.Ordinal)).ToList();
        Assert.All(lines, line => Assert.Matches(@"The node \[|The pool \[|of the pool \[", line));
        Assert.Empty(seed.Output);
    }

    [Fact]
    public async Task A_level_in_the_file_decides()
    {
        await File.WriteAllTextAsync(_file, "akka.loglevel = WARNING");
        using var seed = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--config", _file);
        await UseAsync(seed);
        await seed.SignalAsync("TERM");
        await seed.CheckEndAsync(0);

        Assert.DoesNotContain("[INFO]", seed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_only_looks_is_no_pool()
    {
        await File.WriteAllTextAsync(_file, "akka.loglevel = DEBUG");
        using var seed = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--config", _file);
        var control = await seed.AwaitAsync("control:");
        using var nodes = NodeProcess.Start("nodes", "--cluster", control[(control.LastIndexOf(' ') + 1)..]);
        await nodes.CheckEndAsync(0);

        var line = await seed.AwaitAsync("no longer looks at this node");

        Assert.Matches(@"\[DEBUG\].*The observer \[observer at 127\.0\.0\.1:\d+\] no longer looks at this node: ", line);
        Assert.DoesNotContain("The pool [observer", seed.Error, StringComparison.Ordinal);
    }

    /// <summary>Lets a second node join and leave, and runs a demo on the first.</summary>
    private static async Task UseAsync(NodeProcess seed)
    {
        var control = await seed.AwaitAsync("control:");
        var address = control[(control.LastIndexOf(' ') + 1)..];
        using (var second = await NodeProcess.StartAndAwaitAsync("ready.", "--join", address, "--workers", "1"))
        {
            await second.SignalAsync("TERM");
            await second.CheckEndAsync(0);
        }
        using var demo = NodeProcess.Start("demo", "--cluster", address, "--rows", "1000", "--runs", "1");
        await demo.CheckEndAsync(0);
    }
}
