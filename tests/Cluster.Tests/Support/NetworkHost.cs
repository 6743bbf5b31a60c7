using System.Globalization;

namespace ActorPool.ClusterTests.Support;

/// <summary>A machine of a <see cref="Network"/>, whose link can be cut in many ways.</summary>
internal sealed class NetworkHost
{
    private const string HostFiles = "/etc/netns"; // ip gives each namespace the files of its directory there

    private readonly string _name;
    private readonly string _pool;
    private SlowLink? _link;

    private NetworkHost(string name, string address, string pool, string certificates) =>
        (_name, Address, _pool, Certificates) = (name, address, pool, certificates);

    public string Name => _name;

    public string Address { get; }

    public string Certificates { get; }

    /// <summary>How often a cut of its link could have cost a pool its node.</summary>
    public int Harms { get; private set; }

    /// <summary>The words before a command that is to run on this host.</summary>
    public string[] Prefix => ["ip", "netns", "exec", _name];

    public static async Task<NetworkHost> AddAsync(string bridge, int number, string address, string pool, string certificates, bool slow)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{bridge}n{number}");
        var host = new NetworkHost(name, address, pool, certificates);
        await Shell.RunAsync($"ip netns add {name}");
        if (slow)
            host._link = new SlowLink(Tap.Create(name), Tap.Create("eth0", inNamespace: name), Seed.CreateRandom(name[bridge.Length..]));
        else
            await Shell.RunAsync($"ip link add {name} type veth peer name eth0 netns {name}");
        await Shell.RunAsync($"ip link set {name} master {bridge} up");
        await host.ExecAsync($"ip addr add {address}/24 dev eth0");
        await host.ExecAsync("ip link set eth0 up");
        await host.ExecAsync("ip link set lo up");
        return host;
    }

    public async Task RemoveAsync()
    {
        _link?.Dispose();
        await Shell.TryAsync($"ip netns del {_name}"); // deletes both ends of a veth link
        await Shell.TryAsync($"ip link del {_name}");
        if (Directory.Exists(Path.Combine(HostFiles, _name)))
            Directory.Delete(Path.Combine(HostFiles, _name), recursive: true);
    }

    /// <summary>Gives an address a name on this host, for programs that start later.</summary>
    public async Task NameAsync(string name, string address)
    {
        Directory.CreateDirectory(Path.Combine(HostFiles, _name));
        await File.WriteAllTextAsync(Path.Combine(HostFiles, _name, "hosts"), $"127.0.0.1 localhost\n{address} {name}\n");
    }

    /// <summary>Drops all packets in both directions, silently.</summary>
    public async Task CutAsync()
    {
        Harms++;
        await ExecAsync("iptables -A INPUT -j DROP");
        await ExecAsync("iptables -A OUTPUT -j DROP");
    }

    /// <summary>Drops packets from an address; packets to it still arrive.</summary>
    public Task CutFromAsync(string address) => HarmAsync(address, $"iptables -A INPUT -s {address} -j DROP");

    /// <summary>Drops packets to an address; packets from it still arrive.</summary>
    public Task CutToAsync(string address) => HarmAsync(address, $"iptables -A OUTPUT -d {address} -j DROP");

    /// <summary>Drops packets to one TCP port of this host, silently.</summary>
    public Task CutPortAsync(int port) => HarmAsync(_pool, $"iptables -A INPUT -p tcp --dport {port} -j DROP");

    /// <summary>Answers incoming TCP packets with a reset.</summary>
    public Task ResetAsync() => HarmAsync(_pool, "iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset");

    /// <summary>Drops a share of the packets at random, in both directions.</summary>
    public async Task LoseAsync(double share)
    {
        foreach (var chain in new[] { "INPUT", "OUTPUT" })
        {
            await ExecAsync(string.Create(
                CultureInfo.InvariantCulture, $"iptables -A {chain} -m statistic --mode random --probability {share} -j DROP"));
        }
    }

    /// <summary>Limits the rate in each direction, for example to 1mbit.</summary>
    public async Task ThrottleAsync(string rate)
    {
        await ExecAsync($"tc qdisc replace dev eth0 root tbf rate {rate} burst 32kbit latency 400ms");
        await Shell.RunAsync($"tc qdisc replace dev {_name} root tbf rate {rate} burst 32kbit latency 400ms");
    }

    /// <summary>Sets the quality of the link to the host, and from it.</summary>
    public void Slow(LinkQuality toHost, LinkQuality fromHost) => (_link!.ToHost, _link.FromHost) = (toHost, fromHost);

    /// <summary>Removes all faults.</summary>
    public async Task HealAsync()
    {
        if (_link is not null)
            Slow(LinkQuality.Perfect, LinkQuality.Perfect);
        await ExecAsync("iptables -F");
        await Shell.TryAsync($"ip netns exec {_name} tc qdisc del dev eth0 root");
        await Shell.TryAsync($"tc qdisc del dev {_name} root");
    }

    /// <summary>Runs a command that cuts the link to an address.</summary>
    /// <remarks>It counts as a harm only if the address is the pool's: only then can a pool lose its node.</remarks>
    private Task<string> HarmAsync(string address, string command)
    {
        if (address.Equals(_pool, StringComparison.Ordinal))
            Harms++;
        return ExecAsync(command);
    }

    /// <summary>Runs a command on this host.</summary>
    public Task<string> ExecAsync(string command) => Shell.RunAsync($"ip netns exec {_name} {command}");
}
