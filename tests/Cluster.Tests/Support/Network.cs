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
            return $"No network namespaces with iptables: {e.Message.Trim()}. Run as root, or in: unshare -Urnm sh -c 'mount -t tmpfs tmpfs /run && ...'";
        }
    }

    public static async Task<Network> StartAsync(int hosts)
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
                network._hosts.Add(await NetworkHost.AddAsync(network._name, i, address, network.Directory(address)));
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

/// <summary>A machine of a <see cref="Network"/>, whose link can be cut in many ways.</summary>
internal sealed class NetworkHost
{
    private readonly string _name;

    private NetworkHost(string name, string address, string certificates) => (_name, Address, Certificates) = (name, address, certificates);

    public string Address { get; }

    public string Certificates { get; }

    /// <summary>What stands before a command that is to run there.</summary>
    public string[] Prefix => ["ip", "netns", "exec", _name];

    public static async Task<NetworkHost> AddAsync(string bridge, int number, string address, string certificates)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{bridge}n{number}");
        var host = new NetworkHost(name, address, certificates);
        await Shell.RunAsync($"ip netns add {name}");
        await Shell.RunAsync($"ip link add {name} type veth peer name eth0 netns {name}");
        await Shell.RunAsync($"ip link set {name} master {bridge} up");
        await host.ExecAsync($"ip addr add {address}/24 dev eth0");
        await host.ExecAsync("ip link set eth0 up");
        await host.ExecAsync("ip link set lo up");
        return host;
    }

    public async Task RemoveAsync()
    {
        await Shell.TryAsync($"ip netns del {_name}"); // its end of the link, and with it the other one
        await Shell.TryAsync($"ip link del {_name}");
    }

    /// <summary>Nothing comes in or goes out any more, and nobody is told.</summary>
    public async Task CutAsync()
    {
        await ExecAsync("iptables -A INPUT -j DROP");
        await ExecAsync("iptables -A OUTPUT -j DROP");
    }

    /// <summary>Nothing comes in from that address any more; what is sent there still arrives.</summary>
    public Task CutFromAsync(string address) => ExecAsync($"iptables -A INPUT -s {address} -j DROP");

    /// <summary>What is sent to that address is lost; what it sends still arrives.</summary>
    public Task CutToAsync(string address) => ExecAsync($"iptables -A OUTPUT -d {address} -j DROP");

    /// <summary>Connections to one port of this host are cut, silently.</summary>
    public Task CutPortAsync(int port) => ExecAsync($"iptables -A INPUT -p tcp --dport {port} -j DROP");

    /// <summary>Connections are answered with a reset.</summary>
    public Task ResetAsync() => ExecAsync("iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset");

    /// <summary>This share of the packets is lost, in both directions.</summary>
    public async Task LoseAsync(double share)
    {
        foreach (var chain in new[] { "INPUT", "OUTPUT" })
            await ExecAsync(string.Create(CultureInfo.InvariantCulture, $"iptables -A {chain} -m statistic --mode random --probability {share} -j DROP"));
    }

    /// <summary>What leaves the host has no more than this rate, such as 1mbit; and so has what comes.</summary>
    public async Task ThrottleAsync(string rate)
    {
        await ExecAsync($"tc qdisc replace dev eth0 root tbf rate {rate} burst 32kbit latency 400ms");
        await Shell.RunAsync($"tc qdisc replace dev {_name} root tbf rate {rate} burst 32kbit latency 400ms");
    }

    /// <summary>All is well again.</summary>
    public async Task HealAsync()
    {
        await ExecAsync("iptables -F");
        await Shell.TryAsync($"ip netns exec {_name} tc qdisc del dev eth0 root");
        await Shell.TryAsync($"tc qdisc del dev {_name} root");
    }

    private Task<string> ExecAsync(string command) => Shell.RunAsync($"ip netns exec {_name} {command}");
}
