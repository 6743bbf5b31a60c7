using System.Collections.Concurrent;
using System.Globalization;
using ActorPool.Configuration;
using ActorPool.Remoting;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorPool.Tests.Cluster;

/// <summary>Nodes and pools of releases that follow each other, in one cluster.</summary>
public sealed class UpgradeTests
{
    private static readonly ConcurrentQueue<string> s_warnings = new();

    // What this build speaks, the release after it, which still speaks that, and the one after that, which no longer does.
    private static readonly ProtocolVersions s_before = ControlProtocol.Supported;
    private static readonly ProtocolVersions s_next = Raise(s_before, min: 0, max: 1);
    private static readonly ProtocolVersions s_afterNext = Raise(s_before, min: 1, max: 1);

    [Fact]
    public async Task A_pool_of_the_next_release_uses_nodes_of_both()
    {
        await using var old = await StartAsync(s_before);
        await using var next = await StartAsync(s_next, old.Address);
        await using var pool = await ConnectAsync(old, s_next);

        await CheckAsync(pool, old, next);
    }

    [Fact]
    public async Task A_pool_of_the_release_before_uses_nodes_of_both()
    {
        await using var next = await StartAsync(s_next);
        await using var old = await StartAsync(s_before, next.Address);
        await using var pool = await ConnectAsync(next, s_before);

        await CheckAsync(pool, old, next);
    }

    [Fact]
    public async Task A_node_that_is_replaced_by_one_of_the_next_release_serves_the_same_pool_again()
    {
        await using var seed = await StartAsync(s_before);
        await using var pool = await ConnectAsync(seed, s_next);
        var second = await StartAsync(s_before, seed.Address);
        await CheckAsync(pool, seed, second);
        var port = int.Parse(second.Address.Split(':')[1], CultureInfo.InvariantCulture);
        await second.LeaveAsync().Within("the old node's leaving");

        await using var upgraded = await PoolNode.StartAsync(CreateOptions(s_next) with { Port = port, Join = [seed.Address] });

        await CheckAsync(pool, seed, upgraded);
    }

    [Fact]
    public async Task A_node_without_a_version_of_the_pool_is_refused_with_both_ranges()
    {
        await using var node = await StartAsync(s_afterNext);

        var error = await Assert.ThrowsAsync<NoWorkersException>(() =>
            WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Versions = s_before }).Within("the refusal"));
        Assert.Contains($"it speaks protocol {s_afterNext.Control} (ActorPool", error.Message, StringComparison.Ordinal);
        Assert.Contains($"the pool protocol {s_before.Control} (ActorPool", error.Message, StringComparison.Ordinal);

        var versions = Raise(s_before, min: -2, max: -1);
        error = await Assert.ThrowsAsync<NoWorkersException>(() =>
            WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Versions = versions }).Within("the second refusal"));
        Assert.Contains($"it speaks protocol {s_afterNext.Control} (ActorPool", error.Message, StringComparison.Ordinal);
        Assert.Contains($"the pool speaks protocol {versions.Control}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_no_pool_can_use_together_say_so()
    {
        await using var old = await StartAsync(s_before);
        await using var later = await StartAsync(s_afterNext, old.Address);

        await AwaitWarningAsync(of: old, s_before, by: s_afterNext);
        await AwaitWarningAsync(of: later, s_afterNext, by: s_before);
    }

    private static Task AwaitWarningAsync(PoolNode of, ProtocolVersions versions, ProtocolVersions by) => Deadline.Until(
        () => s_warnings.Any(line =>
            line.Contains($"The node [{of.Address}] of this cluster speaks version [{versions.Control}]", StringComparison.Ordinal)
            && line.Contains($"this node speaks [{by.Control}] and [{by.Data}]", StringComparison.Ordinal)),
        $"the warning of {of.Address}");

    private static ProtocolVersions Raise(ProtocolVersions versions, int min, int max) => new(
        new VersionRange(versions.Control.Min + min, versions.Control.Max + max),
        new VersionRange(versions.Data.Min + min, versions.Data.Max + max));

    private static PoolNodeOptions CreateOptions(ProtocolVersions versions) => new()
    {
        Port = 0,
        Workers = 1,
        Versions = versions,
        Config = $"akka.loggers = [\"{typeof(WarningLogger).FullName}, {typeof(WarningLogger).Assembly.GetName().Name}\"]",
    };

    private static Task<PoolNode> StartAsync(ProtocolVersions versions, params string[] join) =>
        PoolNode.StartAsync(CreateOptions(versions) with { Join = join });

    private static Task<WorkerPool> ConnectAsync(PoolNode node, ProtocolVersions versions) =>
        WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Versions = versions }).Within("the connection");

    private static async Task CheckAsync(WorkerPool pool, params PoolNode[] nodes)
    {
        await Deadline.Until(() => pool.Workers == nodes.Length, "all nodes", pool);
        var squares = await pool.MapAsync(x => x * x, Enumerable.Range(0, 100)).Within("the map", pool);
        Assert.Equal(Enumerable.Range(0, 100).Select(x => x * x), squares);
    }

    /// <summary>Akka creates it from its type name.</summary>
    private sealed class WarningLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        public WarningLogger()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<Warning>(warning => s_warnings.Enqueue($"{warning.Message}"));
            Receive<LogEvent>(_ => { });
        }
    }
}
