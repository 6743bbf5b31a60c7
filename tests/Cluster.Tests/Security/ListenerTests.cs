using System.Globalization;
using System.Net;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>The addresses at which processes listen, as the system lists them.</summary>
[Collection(Alone.Name)]
public sealed class ListenerTests
{
    [Fact]
    public async Task Nodes_and_pools_listen_only_on_the_loopback_interface()
    {
        using var node = await ClusterNode.StartSeedAsync(workers: 1);
        var nodeListeners = ListListeners(node.Id);
        Assert.Equal(2, nodeListeners.Count);
        Assert.All(nodeListeners, at => Assert.True(IPAddress.IsLoopback(at.Address), $"{at}"));

        var before = ListListeners(Environment.ProcessId);
        await using var pool = await WorkerPool.ConnectAsync(node.Address, ClusterNode.AddLongTimeout()).Within("the connection");
        Assert.Equal(3, await pool.ApplyAsync(x => x + 1, 2).Within("a call", pool));
        var poolListeners = ListListeners(Environment.ProcessId).Except(before).ToList();
        Assert.Single(poolListeners); // nodes answer to it
        Assert.All(poolListeners, at => Assert.True(IPAddress.IsLoopback(at.Address), $"{at}"));
    }

    private static List<IPEndPoint> ListListeners(int process)
    {
        var root = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var sockets = Directory.EnumerateFiles($"{root}/fd")
            .Select(descriptor => new FileInfo(descriptor).LinkTarget ?? "")
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1]).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from file in new[] { $"{root}/net/tcp", $"{root}/net/tcp6" }
               from line in File.ReadLines(file).Skip(1)
               let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where columns[3] is "0A" && sockets.Contains(columns[9])
               select ParseEndPoint(columns[1]),
        ];
    }

    /// <summary>Parses an address, in words of four bytes in this machine's order, and its port.</summary>
    private static IPEndPoint ParseEndPoint(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var bytes = Convert.FromHexString(text[..colon]);
        for (var word = 0; word < bytes.Length; word += 4)
            bytes.AsSpan(word, 4).Reverse();
        var address = new IPAddress(bytes);
        var port = int.Parse(text[(colon + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }
}
