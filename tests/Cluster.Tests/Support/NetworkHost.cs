using System.Globalization;

namespace ActorPool.ClusterTests.Support;

/// <summary>A machine of a <see cref="Network"/>, whose link can be cut in many ways.</summary>
internal sealed class NetworkHost
{
    private readonly string _name;

    private readonly string _pool;
    private SlowLink? _link;

    private NetworkHost(string name, string address, string pool, string certificates) => (_name, Address, _pool, Certificates) = (name, address, pool, certificates);

    public string Address { get; }

    public string Certificates { get; }

    /// <summary>How often its link was cut in a way that may cost a pool its node.</summary>
    public int Harms { get; private set; }

    /// <summary>What stands before a command that is to run there.</summary>
    public string[] Prefix => ["ip", "netns", "exec", _name];

    public static async Task<NetworkHost> AddAsync(string bridge, int number, string address, string pool, string certificates, bool slow)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{bridge}n{number}");
        var host = new NetworkHost(name, address, pool, certificates);
        await Shell.RunAsync($"ip netns add {name}");
        if (slow)
            host._link = new SlowLink(Tap.Create(name), Tap.Create("eth0", inNamespace: name), Seed.Random(name[bridge.Length..]));
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
        await Shell.TryAsync($"ip netns del {_name}"); // its end of the link, and with it the other one
        await Shell.TryAsync($"ip link del {_name}");
    }

    /// <summary>Nothing comes in or goes out any more, and nobody is told.</summary>
    public async Task CutAsync()
    {
        Harms++;
        await ExecAsync("iptables -A INPUT -j DROP");
        await ExecAsync("iptables -A OUTPUT -j DROP");
    }

    /// <summary>Nothing comes in from that address any more; what is sent there still arrives.</summary>
    public Task CutFromAsync(string address) => HarmAsync(address, $"iptables -A INPUT -s {address} -j DROP");

    /// <summary>What is sent to that address is lost; what it sends still arrives.</summary>
    public Task CutToAsync(string address) => HarmAsync(address, $"iptables -A OUTPUT -d {address} -j DROP");

    /// <summary>Connections to one port of this host are cut, silently.</summary>
    public Task CutPortAsync(int port) => HarmAsync(_pool, $"iptables -A INPUT -p tcp --dport {port} -j DROP");

    /// <summary>Connections are answered with a reset.</summary>
    public Task ResetAsync() => HarmAsync(_pool, "iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset");

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

    /// <summary>How frames fare on the link, on their way to the host and from it.</summary>
    public void Slow(LinkQuality there, LinkQuality back) => (_link!.There, _link.Back) = (there, back);

    /// <summary>All is well again.</summary>
    public async Task HealAsync()
    {
        if (_link is not null)
            Slow(LinkQuality.Perfect, LinkQuality.Perfect);
        await ExecAsync("iptables -F");
        await Shell.TryAsync($"ip netns exec {_name} tc qdisc del dev eth0 root");
        await Shell.TryAsync($"tc qdisc del dev {_name} root");
    }

    /// <summary>A pool loses its node only where the link between the two is cut.</summary>
    private Task<string> HarmAsync(string address, string command)
    {
        if (address.Equals(_pool, StringComparison.Ordinal))
            Harms++;
        return ExecAsync(command);
    }

    private Task<string> ExecAsync(string command) => Shell.RunAsync($"ip netns exec {_name} {command}");
}
