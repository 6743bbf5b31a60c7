using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>A node and a pool of one user on one machine use a socket.</summary>
public sealed class LocalSocketTests
{
    [Fact]
    public async Task A_pool_uses_the_socket_of_a_node_on_its_machine_which_is_removed_with_the_node()
    {
        using var node = await ClusterNode.StartSeedAsync(workers: 2);
        var path = await DataPlaneView.ReadSocketPathAsync(node.Process);
        await using (var pool = await node.ConnectAsync(workers: 2))
        {
            await DataPlaneView.AwaitConnectionsAsync(node.Process, overTcp: 0, overSocket: 1);
            // More than the buffers of a socket hold, in both directions at a time.
            byte[][] arrays = [.. Enumerable.Range(0, 12).Select(i => Enumerable.Repeat((byte)i, 8 << 20).ToArray())];
            Assert.Equal(arrays, await pool.MapAsync(array => array, arrays).Within("a map", pool));
            await DataPlaneView.AwaitConnectionsAsync(node.Process, overTcp: 0, overSocket: 1);
        }
        await DataPlaneView.AwaitConnectionsAsync(node.Process, overTcp: 0, overSocket: 0);

        await node.SignalAsync("TERM");
        await node.Process.CheckEndAsync(0);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)), $"{path} is still there.");
    }

    [Theory]
    [InlineData("off", "on")]
    [InlineData("on", "off")]
    public async Task Off_at_either_side_the_data_goes_over_TCP(string atNode, string atPool)
    {
        using var node = await ClusterNode.StartSeedWithAsync([$"ACTORPOOL__CLUSTER__LOCAL_SOCKET={atNode}"], workers: 1);
        Assert.Equal(atNode is "on", node.Process.Error.Contains("socket:", StringComparison.Ordinal));

        await using var pool = await node.ConnectAsync(
            workers: 1, new WorkerPoolOptions { Config = $"actorpool.cluster.local-socket = {atPool}" });

        Assert.Equal(3, await pool.ApplyAsync(x => x + 1, 2).Within("a call", pool));
        await DataPlaneView.AwaitConnectionsAsync(node.Process, overTcp: 1, overSocket: 0);
    }

    [Theory]
    [InlineData("too long", "more than [107] bytes")]
    [InlineData("missing", "No directory for its socket can be made")]
    public async Task A_node_that_cannot_have_a_socket_says_so_once_and_serves_over_TCP(string what, string reason)
    {
        var folder = Directory.CreateTempSubdirectory("no-socket-");
        try
        {
            var temporary = Path.Combine(folder.FullName, new string('x', 100));
            if (what is "too long")
                Directory.CreateDirectory(temporary);
            using var node = NodeProcess.StartWith([$"TMPDIR={temporary}"], ["--seed", "--port", Ports.GetFree(), "--workers", "1"]);
            await node.AwaitAsync("next:");
            var address = (await node.AwaitAsync("control:")).Split("control:")[1].Trim();

            await using var pool = await WorkerPool.ConnectAsync(address, ClusterNode.AddLongTimeout()).Within("the connection");

            Assert.Equal(3, await pool.ApplyAsync(x => x + 1, 2).Within("a call", pool));
            await DataPlaneView.AwaitConnectionsAsync(node, overTcp: 1, overSocket: 0);
            var lines = node.Error.Split('\n').Where(line => line.Contains("connect over TCP", StringComparison.Ordinal));
            Assert.Contains(reason, Assert.Single(lines), StringComparison.Ordinal);
            Assert.DoesNotContain("  socket:", node.Error, StringComparison.Ordinal);
            if (what is "too long")
                Assert.Empty(Directory.GetDirectories(temporary, "actorpool-*"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_a_killed_node_leaves_behind_does_not_disturb_the_next_one_at_its_address_which_removes_it()
    {
        var folder = Directory.CreateTempSubdirectory("killed-");
        try
        {
            var port = Ports.GetFree();
            string[] flags = ["--seed", "--port", port, "--workers", "1"];
            using var killed = NodeProcess.StartWith([$"TMPDIR={folder.FullName}"], flags);
            await killed.AwaitAsync("next:");
            var path = await DataPlaneView.ReadSocketPathAsync(killed);
            await using var pool = await WorkerPool.ConnectAsync($"127.0.0.1:{port}", ClusterNode.AddLongTimeout())
                .Within("the connection");
            Assert.Equal(killed.Id, await pool.ApplyAsync(() => Environment.ProcessId).Within("a call", pool));
            await DataPlaneView.AwaitConnectionsAsync(killed, overTcp: 0, overSocket: 1);

            await killed.SignalAsync("KILL");
            await Deadline.Until(() => pool.Workers == 0, "the pool to notice", pool);
            Assert.True(File.Exists(path));
            var left = Path.GetDirectoryName(path)!;
            Directory.SetLastWriteTimeUtc(left, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-2));
            using var next = NodeProcess.StartWith([$"TMPDIR={folder.FullName}"], flags);
            await next.AwaitAsync("next:");

            Assert.Equal(next.Id, await pool.ApplyAsync(() => Environment.ProcessId).Within("a call after that", pool));
            await DataPlaneView.AwaitConnectionsAsync(next, overTcp: 0, overSocket: 1);
            Assert.False(Directory.Exists(left), $"{left} is still there.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
