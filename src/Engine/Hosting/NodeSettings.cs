using System.Net;
using ActorPool.Cluster;
using ActorPool.Security;

namespace ActorPool.Hosting;

/// <summary>Reads what a node is to be, and refuses what would not be safe.</summary>
internal static class NodeSettings
{
    /// <exception cref="ArgumentException">Something is wrong; the message has all of it.</exception>
    public static PoolSettings Read(PoolNodeOptions options, out IReadOnlyList<string> join)
    {
        var faults = new List<string>();
        var isAddress = IPAddress.TryParse(options.Host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
        if (!isAddress)
            faults.Add($"PoolNodeOptions.Host is [{options.Host}], which is not one address of this machine. Set the one by which the other nodes reach it: they know each other by it.");
        if (options.Port is < 0 or > 65535)
            faults.Add($"PoolNodeOptions.Port is [{options.Port}]. Set 1 to 65535, or 0 for any free one.");
        if (options.Functions is { } directory && !Directory.Exists(directory))
            faults.Add($"PoolNodeOptions.Functions is [{directory}], and there is no such directory.");
        join = Join(options, faults);
        if (isAddress && IPAddress.IsLoopback(address!) && join.FirstOrDefault(seed => IPAddress.TryParse(NodeAddress.Parse(seed).Host, out var other) && !IPAddress.IsLoopback(other)) is { } far)
            faults.Add($"PoolNodeOptions.Host is [{options.Host}], which nobody on [{far}] could reach, and PoolNodeOptions.Join names that. Set the address of this machine by which the others reach it.");

        var text = new HoconText("PoolNodeOptions.Config", options.Config);
        var pool = new WorkerPoolOptions { Workers = options.Workers, Config = options.Config, TimeProvider = options.TimeProvider };
        return PoolSettings.Read(pool, ClusterConfig.ForNode(text), text, faults, settings => !isAddress ? null : ClusterSecurity.WhyUnsafe(options.Host, "PoolNodeOptions.Host", settings.Cluster));
    }

    private static List<string> Join(PoolNodeOptions options, List<string> faults)
    {
        var join = new List<string>();
        foreach (var address in options.Join ?? [])
        {
            try
            {
                join.AddRange(NodeAddress.ParseList(address));
            }
            catch (FormatException e)
            {
                faults.Add($"PoolNodeOptions.Join: {e.Message}");
            }
        }
        return join;
    }
}
