using System.Globalization;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests.Support;

/// <summary>A network of its own: a bridge, at which this process has an address, and hosts, each a network namespace with an address and certificates.</summary>
/// <remarks>Made with ip, iptables and tc, which need root; <c>unshare -Urnm</c> with a tmpfs on /run is enough.</remarks>
internal sealed class Network : IAsyncDisposable
{
    private static int s_networks;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"ap{Environment.ProcessId % 100_000}x{Interlocked.Increment(ref s_networks)}");
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"10.{77 + (Environment.ProcessId % 100)}.{(Environment.ProcessId / 100 * 7 + s_networks) % 250}");
    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("network-");
    private readonly List<NetworkHost> _hosts = [];

    private Network()
    {
    }

    /// <summary>This process's address in the network.</summary>
    public string Address => $"{_prefix}.254";

    /// <summary>HOCON for a pool that calls from here.</summary>
    public string Config => $"actorpool.cluster.tls.certificates = \"{Directory(Address)}\"";

    /// <summary>Why there can be no networks here; null if there can.</summary>
    public static async Task<string?> WhyNotAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"approbe{Environment.ProcessId}");
        try
        {
            await Shell.RunAsync($"ip netns add {name}");
            await Shell.RunAsync($"ip netns exec {name} iptables -A INPUT -m statistic --mode random --probability 0.5 -j DROP");
            await Shell.RunAsync($"ip netns del {name}");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await Shell.TryAsync($"ip netns del {name}");
            return $"No network namespaces with iptables: {e.Message.Trim()}. Run as root, or in: unshare -Urnm sh -c 'mount -t tmpfs tmpfs /run && ip link set lo up && ...'";
        }
    }

    /// <summary>Makes a network.</summary>
    /// <param name="hosts">How many there are.</param>
    /// <param name="slow">Whether their links can be given a <see cref="LinkQuality"/>; they then run through this process.</param>
    public static async Task<Network> StartAsync(int hosts, bool slow = false)
    {
        var network = new Network();
        try
        {
            await Shell.RunAsync($"ip link add {network._name} type bridge");
            await Shell.RunAsync($"ip addr add {network.Address}/24 dev {network._name}");
            await Shell.RunAsync($"ip link set {network._name} up");
            await Shell.RunAsync($"dotnet {Repository.Node} certs init --out {network.Directory("ca")}");
            await network.IssueAsync(network.Address);
            for (var i = 1; i <= hosts; i++)
            {
                var address = $"{network._prefix}.{i}";
                await network.IssueAsync(address);
                network._hosts.Add(await NetworkHost.AddAsync(network._name, i, address, network.Address, network.Directory(address), slow));
            }
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public NetworkHost this[int index] => _hosts[index];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.RemoveAsync();
        await Shell.TryAsync($"ip link del {_name}");
        _directory.Delete(recursive: true);
    }

    private Task<string> IssueAsync(string address) => Shell.RunAsync($"dotnet {Repository.Node} certs issue {address} --ca {Directory("ca")} --out {Directory(address)}");

    private string Directory(string name) => Path.Combine(_directory.FullName, name);
}
