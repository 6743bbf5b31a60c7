using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>Another user of the same machine, who has no certificate of this cluster: gets nothing, and one line in the log.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private readonly DirectoryInfo _strangersHome = Directory.CreateTempSubdirectory("stranger-");
    private ClusterNode _node = null!;

    public async Task InitializeAsync() => _node = await ClusterNode.StartSeedAsync(workers: 1);

    public Task DisposeAsync()
    {
        _node.Dispose();
        _strangersHome.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_strangers_node_and_program_are_refused_with_one_line_in_the_log()
    {
        await using var pool = await _node.ConnectAsync(workers: 1);
        using var joining = NodeProcess.StartWith([$"XDG_DATA_HOME={_strangersHome.FullName}"], ["--join", _node.Address]);
        using var submitting = NodeProcess.StartWith([$"XDG_DATA_HOME={_strangersHome.FullName}"], ["demo", "--cluster", _node.Address]);

        Assert.Equal(78, await joining.EndAsync());
        Assert.Contains("is not to be trusted", joining.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, await submitting.EndAsync());
        Assert.Contains("is not to be trusted", submitting.Error, StringComparison.Ordinal);

        Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(x => x + 1, Enumerable.Range(0, 100)).Within("a map", pool));
        Assert.Equal(1, pool.Workers);
        Assert.Single(Warnings());
        Assert.Contains("refused: The certificate of [CN=localhost] is not to be trusted", Warnings()[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_on_both_ports_changes_nothing_and_is_one_line_for_each()
    {
        await using var pool = await _node.ConnectAsync(workers: 1);
        var before = _node.Resources;
        var data = IPEndPoint.Parse((await _node.Process.AwaitAsync("data:")).Split("data:")[1].Trim());
        byte[][] patterns =
        [
            RandomNumberGenerator.GetBytes(1 << 20), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), [0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01], [],
        ];

        foreach (var port in new[] { IPEndPoint.Parse(_node.Address), data })
        {
            foreach (var pattern in patterns)
                await ThrowAsync(port, pattern);
            var silent = Enumerable.Range(0, 200).Select(_ => new TcpClient()).ToList();
            foreach (var client in silent)
                await client.ConnectAsync(port);
            Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(x => x + 1, Enumerable.Range(0, 100)).Within("a map meanwhile", pool));
            await using (var another = await _node.ConnectAsync(workers: 1))
                Assert.Equal(2, await another.ApplyAsync(x => x + 1, 1).Within("an honest caller among the silent ones", another));
            silent.ForEach(client => client.Dispose());
        }

        await _node.ReturnToAsync(before);
        Assert.InRange(Warnings().Length, 1, 2);
        Assert.All(Warnings(), line => Assert.InRange(line.Length, 1, 600));
    }

    [Fact]
    public async Task A_node_and_a_pool_listen_on_loopback_alone()
    {
        await using var pool = await _node.ConnectAsync(workers: 1);

        foreach (var process in new[] { _node.Id, Environment.ProcessId })
        {
            var listening = ListenersOf(process);
            Assert.NotEmpty(listening);
            Assert.All(listening, address => Assert.True(IPAddress.IsLoopback(address), $"{address} of {process}"));
        }
    }

    private string[] Warnings() => [.. _node.Process.Error.Split('\n').Where(line => line.StartsWith("[WARNING]", StringComparison.Ordinal) || line.StartsWith("[ERROR]", StringComparison.Ordinal))];

    private static async Task ThrowAsync(IPEndPoint port, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(port);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(bytes);
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null).Within("the node to hang up");
        }
        catch (IOException)
        {
            // It hung up before it had heard all.
        }
        catch (SocketException)
        {
            // As above.
        }
    }

    /// <summary>The addresses that a process listens on, as ss would print them.</summary>
    private static List<IPAddress> ListenersOf(int process)
    {
        var sockets = Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd")).Select(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name ?? "").ToHashSet(StringComparer.Ordinal);
        var addresses = new List<IPAddress>();
        foreach (var line in File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(line => line[3] is "0A"))
        {
            if (!sockets.Contains($"socket:[{line[9]}]"))
                continue;
            // Words of four bytes, each in the machine's order.
            var bytes = Convert.FromHexString(line[1].Split(':')[0]);
            for (var word = 0; word < bytes.Length && BitConverter.IsLittleEndian; word += 4)
                Array.Reverse(bytes, word, 4);
            addresses.Add(new IPAddress(bytes).MapToIPv4IfMapped());
        }
        return addresses;
    }
}

/// <summary>Addresses of sockets that take both versions of the protocol.</summary>
internal static class MappedAddress
{
    public static IPAddress MapToIPv4IfMapped(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
