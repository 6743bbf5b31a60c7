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
        var known = FindHost(options.Host);
        if (known is null)
        {
            const string Advice = "Set the one by which the others reach it: nodes know each other by it. "
                + "To listen on other addresses as well, set actorpool.cluster.bind (--bind), for example to 0.0.0.0.";
            faults.Add(
                new SettingsFault(host, $"{host} is [{options.Host}], which is not one address or name of this machine. {Advice}"));
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
        if (known is not null && NodeAddress.IsLoopback(known) && others.FirstOrDefault() is { } remote)
        {
            const string Advice = "Set the address of this machine by which the others reach it.";
            faults.Add(new SettingsFault(
                host, $"{host} is [{options.Host}], which cannot be reached from [{remote}], one of {joined}. {Advice}"));
        }

        if (known is not null && options is { IsSeed: true, Port: > 0 } && join.Count > 0
            && !join.Any(seed => seed.Host.Equals(known, StringComparison.Ordinal)))
        {
            faults.Add(new SettingsFault(
                joined,
                $"{joined} is [{string.Join(',', join)}], which does not name this node, [{known}]. Name all seeds, this one too."));
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
        return PoolSettings.Read(
            pool, ClusterConfig.ForNode(text), text, faults, settings => known is null ? null : FindUnsafe(known, host, settings.Cluster));
    }

    /// <summary>Returns a node's host as other processes know it.</summary>
    /// <returns>Null if it is no host's name or address, or stands for all addresses of a machine.</returns>
    public static string? FindHost(string host)
    {
        try
        {
            var known = NodeAddress.From(host, 1).Host;
            return IPAddress.TryParse(known, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                ? null
                : known;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static SettingsFault? FindUnsafe(string known, SettingsOption host, ClusterSettings cluster)
    {
        const string Bind = "actorpool.cluster.bind";
        return ClusterSecurity.FindUnsafeReason(known, host, cluster) is { } reason ? new SettingsFault(host, reason)
            : cluster.Bind is { } bind && ClusterSecurity.FindUnsafeReason(bind.ToString(), Bind, cluster) is { } unsafeBind
                ? new SettingsFault(Bind, null, unsafeBind)
                : null;
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
