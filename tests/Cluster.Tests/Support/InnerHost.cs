namespace ActorPool.ClusterTests.Support;

/// <summary>A machine behind a host of a <see cref="Network"/>, which translates its addresses.</summary>
/// <remarks>
/// As a container is. Others reach its ports 8110 and 8111 by the host's 30110 and 30111; its own address leads nowhere for them.
/// </remarks>
internal sealed class InnerHost : IAsyncDisposable
{
    private const string Address = "172.31.255.2";
    private const string Gateway = "172.31.255.1";

    private readonly string _name;

    private InnerHost(string name) => _name = name;

    /// <summary>The words before a command that is to run on this machine.</summary>
    public string[] Prefix => ["ip", "netns", "exec", _name];

    public static async Task<InnerHost> AddAsync(NetworkHost host)
    {
        var inner = new InnerHost($"{host.Name}i");
        try
        {
            await Shell.RunAsync($"ip netns add {inner._name}");
            await host.ExecAsync($"ip link add in0 type veth peer name eth0 netns {inner._name}");
            await host.ExecAsync($"ip addr add {Gateway}/24 dev in0");
            await host.ExecAsync("ip link set in0 up");
            foreach (var command in new[]
            {
                $"ip addr add {Address}/24 dev eth0", "ip link set eth0 up", "ip link set lo up", $"ip route add default via {Gateway}",
            })
            {
                await Shell.RunAsync($"ip netns exec {inner._name} {command}");
            }
            await host.ExecAsync("sysctl -qw net.ipv4.ip_forward=1");
            foreach (var (outside, inside) in new[] { (30110, 8110), (30111, 8111) })
            {
                await host.ExecAsync(
                    $"iptables -t nat -A PREROUTING -d {host.Address} -p tcp --dport {outside} -j DNAT "
                    + $"--to-destination {Address}:{inside}");
            }
            await host.ExecAsync($"iptables -t nat -A POSTROUTING -s {Address} -o eth0 -j MASQUERADE");
            return inner;
        }
        catch
        {
            await inner.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await Shell.TryAsync($"ip netns del {_name}");
}
