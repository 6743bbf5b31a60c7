using System.Globalization;
using System.Net.NetworkInformation;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>How pools are connected to a node's data plane, as the system lists it.</summary>
internal static class DataPlaneView
{
    private const string Connected = "03"; // in /proc/net/unix

    /// <summary>Reads the path of the node's Unix domain socket.</summary>
    public static async Task<string> ReadSocketPathAsync(NodeProcess node) =>
        (await node.AwaitAsync("socket:")).Split("socket:")[1].Split(',')[0].Trim();

    /// <summary>Waits until the node's data port and its socket have this many connections.</summary>
    public static async Task AwaitConnectionsAsync(NodeProcess node, int overTcp, int overSocket)
    {
        var port = int.Parse((await node.AwaitAsync("data:")).Split(':')[^1], CultureInfo.InvariantCulture);
        var path = node.Error.Contains("socket:", StringComparison.Ordinal) ? await ReadSocketPathAsync(node) : null;
        var found = (-1, -1);
        try
        {
            await Deadline.Until(
                () => (found = (CountTcp(port), path is null ? 0 : CountUnix(path))) == (overTcp, overSocket), "the connections");
        }
        catch (HangException e)
        {
            throw new HangException($"{e.Message} Wanted: {(overTcp, overSocket)}, found: {found}. {node.Log}", e);
        }
    }

    private static int CountTcp(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.RemoteEndPoint.Port == port && connection.State == TcpState.Established);

    // A socket that a listener has accepted has the listener's path.
    private static int CountUnix(string path) => File.ReadLines("/proc/net/unix").Count(line =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: 8 } columns
        && columns[5] is Connected && columns[7].Equals(path, StringComparison.Ordinal));
}
