using Akka.Configuration;
using ActorPool.Cluster;

namespace ActorPool.Hosting;

/// <summary>Reads what a node is to be, and refuses what would not be safe.</summary>
internal static class NodeSettings
{
    /// <exception cref="ArgumentException">Something is wrong; the message has all of it.</exception>
    public static PoolSettings Read(PoolNodeOptions options, out IReadOnlyList<string> join)
    {
        var faults = new List<string>();
        if (!NodeAddress.IsLoopback(options.Host))
        {
            faults.Add($"PoolNodeOptions.Host is [{options.Host}], which is not an address of the loopback interface. Whoever reaches a node can run code on it, and a node cannot ask for " +
                "certificates yet. Use 127.0.0.1 (or ::1).");
        }
        if (options.Port is < 0 or > 65535)
            faults.Add($"PoolNodeOptions.Port is [{options.Port}]. Set 1 to 65535, or 0 for any free one.");
        if (options.Functions is { } directory && !Directory.Exists(directory))
            faults.Add($"PoolNodeOptions.Functions is [{directory}], and there is no such directory.");
        join = Join(options, faults);

        var text = new HoconText("PoolNodeOptions.Config", options.Config);
        var pool = new WorkerPoolOptions { Workers = options.Workers, Config = options.Config, TimeProvider = options.TimeProvider };
        return PoolSettings.Read(pool, ClusterConfig.ForNode(options, text), text, faults);
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
