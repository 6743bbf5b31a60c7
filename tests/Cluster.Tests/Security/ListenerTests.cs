using System.Globalization;
using System.Net;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>Where processes can be reached from, as the system sees it.</summary>
public sealed class ListenerTests
{
    [Fact]
    public async Task Nodes_and_pools_listen_on_the_loopback_interface_alone()
    {
        using var node = await ClusterNode.StartSeedAsync(workers: 1);
        var ofNode = Listeners(node.Id);
        Assert.Equal(2, ofNode.Count);
        Assert.All(ofNode, at => Assert.True(IPAddress.IsLoopback(at.Address), $"{at}"));

        var before = Listeners(Environment.ProcessId);
        await using var pool = await WorkerPool.ConnectAsync(node.Address).Within("the connection");
        Assert.Equal(3, await pool.ApplyAsync(x => x + 1, 2).Within("a call", pool));
        var ofPool = Listeners(Environment.ProcessId).Except(before).ToList();
        Assert.Single(ofPool); // nodes answer to it
        Assert.All(ofPool, at => Assert.True(IPAddress.IsLoopback(at.Address), $"{at}"));
    }

    private static List<IPEndPoint> Listeners(int process)
    {
        var root = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var sockets = Directory.EnumerateFiles($"{root}/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget ?? "").Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1]).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from file in new[] { $"{root}/net/tcp", $"{root}/net/tcp6" }
               from line in File.ReadLines(file).Skip(1)
               let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where columns[3] is "0A" && sockets.Contains(columns[9])
               select EndPointOf(columns[1]),
        ];
    }

    /// <summary>Words of four bytes, each in this machine's order, and the port.</summary>
    private static IPEndPoint EndPointOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var bytes = Convert.FromHexString(text[..colon]);
        for (var word = 0; word < bytes.Length; word += 4)
            bytes.AsSpan(word, 4).Reverse();
        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, int.Parse(text[(colon + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
