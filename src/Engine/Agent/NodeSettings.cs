using System.Net;
using ActorPool.Configuration;
using ActorPool.Remoting;
using ActorPool.Security;

namespace ActorPool.Agent;

/// <summary>Reads a node's settings and refuses unsafe ones.</summary>
internal static class NodeSettings
{
    /// <exception cref="SettingsException">A setting is wrong; the message names every fault.</exception>
    public static PoolSettings Read(PoolNodeOptions options, out IReadOnlyList<NodeAddress> join)
    {
        var faults = new List<SettingsFault>();
        var (host, joined) = (SettingsOption.ForNode(nameof(PoolNodeOptions.Host)), SettingsOption.ForNode(nameof(PoolNodeOptions.Join)));
        var isAddress = IPAddress.TryParse(options.Host, out var address)
            && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
        if (!isAddress)
        {
            const string Advice = "Set the one by which the other nodes reach it: nodes know each other by that address.";
            faults.Add(new SettingsFault(host, $"{host} is [{options.Host}], which is not one address of this machine. {Advice}"));
        }
        if (options.Port is < 0 or > 65535)
        {
            var port = SettingsOption.ForNode(nameof(PoolNodeOptions.Port));
            faults.Add(new SettingsFault(port, $"{port} is [{options.Port}]. Set 1 to 65535, or 0 for any free one."));
        }
        if (options.Functions is { } directory && !Directory.Exists(directory))
        {
            var functions = SettingsOption.ForNode(nameof(PoolNodeOptions.Functions));
            faults.Add(new SettingsFault(functions, $"{functions} is [{directory}], which is not an existing directory."));
        }
        join = ReadJoin(options, joined, faults);
        var others = join.Where(seed => IPAddress.TryParse(seed.Host, out _) && !NodeAddress.IsLoopback(seed.Host))
            .Select(seed => seed.ToString());
        if (isAddress && IPAddress.IsLoopback(address!) && others.FirstOrDefault() is { } remote)
        {
            const string Advice = "Set the address of this machine by which the others reach it.";
            faults.Add(new SettingsFault(
                host, $"{host} is [{options.Host}], which cannot be reached from [{remote}], one of {joined}. {Advice}"));
        }

        var text = new HoconText($"{SettingsOption.ForNode(nameof(PoolNodeOptions.Config))}", options.Config);
        var pool = new WorkerPoolOptions
        {
            Workers = options.Workers,
            Config = options.Config,
            TimeProvider = options.TimeProvider,
            Versions = options.Versions,
            LogTarget = options.LogTarget,
        };
        return PoolSettings.Read(pool, ClusterConfig.ForNode(text), text, faults, settings =>
            isAddress && ClusterSecurity.FindUnsafeReason(options.Host, host, settings.Cluster) is { } reason
                ? new SettingsFault(host, reason)
                : null);
    }

    private static List<NodeAddress> ReadJoin(PoolNodeOptions options, SettingsOption option, List<SettingsFault> faults)
    {
        var join = new List<NodeAddress>();
        foreach (var address in options.Join ?? [])
        {
            try
            {
                join.AddRange(NodeAddress.ParseList(address));
            }
            catch (FormatException e)
            {
                faults.Add(new SettingsFault(option, $"{option}: {e.Message}"));
            }
        }
        return join;
    }
}
