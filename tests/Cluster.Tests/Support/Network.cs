using System.Globalization;
using ActorPool.Tests.Security;

namespace ActorPool.ClusterTests.Support;

/// <summary>A private network of hosts, with an address for this process.</summary>
/// <remarks>
/// A bridge connects the hosts. Each host is a network namespace with an address and certificates. The programs ip, iptables and tc
/// need root; <c>unshare -Urnm</c> with a tmpfs on /run is enough.
/// </remarks>
internal sealed class Network : IAsyncDisposable
{
    private static readonly string[] s_programs = ["ip", "tc", "iptables"];
    private static int s_networks;

    private readonly string _name = string.Create(
        CultureInfo.InvariantCulture, $"ap{Environment.ProcessId % 100_000}x{Interlocked.Increment(ref s_networks)}");

    private readonly string _prefix = string.Create(
        CultureInfo.InvariantCulture, $"10.{77 + (Environment.ProcessId % 100)}.{(Environment.ProcessId / 100 * 7 + s_networks) % 250}");

    private readonly Certificates _certificates = new();
    private readonly List<NetworkHost> _hosts = [];
    private string _ownCertificates = "";

    private Network()
    {
    }

    /// <summary>This process's address in the network.</summary>
    public string Address => $"{_prefix}.254";

    /// <summary>HOCON for a pool of this process.</summary>
    /// <remarks>The hosts share this machine's files, so a pool could use a node's socket, past the network.</remarks>
    public string Config => $"actorpool.cluster {{ tls.certificates = \"{_ownCertificates}\", local-socket = off }}";

    /// <summary>Issues further certificates for a host.</summary>
    public string CertifyAs(params string[] hosts) => _certificates.For(hosts);

    /// <summary>Finds out why this machine cannot have such networks; null if it can.</summary>
    public static async Task<string?> FindObstacleAsync()
    {
        if (FindMissingPrograms() is { Length: > 0 } missing)
            return $"Missing here: {string.Join(", ", missing)}. Install iproute2 (ip, tc) and iptables.";
        var name = string.Create(CultureInfo.InvariantCulture, $"approbe{Environment.ProcessId}");
        try
        {
            await Shell.RunAsync($"ip netns add {name}");
        }
        catch (InvalidOperationException e)
        {
            return $"No network namespaces: {e.Message.Trim()}. "
                + "Run as root, or in: unshare -Urnm sh -c 'mount -t tmpfs tmpfs /run && ip link set lo up && ...'";
        }
        try
        {
            await Shell.RunAsync($"ip netns exec {name} iptables -A INPUT -m statistic --mode random --probability 0.5 -j DROP");
            return null;
        }
        catch (InvalidOperationException e)
        {
            return $"iptables is installed, but does not work in a network namespace: {e.Message.Trim()}";
        }
        finally
        {
            await Shell.TryAsync($"ip netns del {name}");
        }
    }

    /// <summary>Lists the required programs that are in no directory of the PATH.</summary>
    private static string[] FindMissingPrograms()
    {
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return [.. s_programs.Where(program => !directories.Any(directory => File.Exists(Path.Combine(directory, program))))];
    }

    /// <summary>Creates a network.</summary>
    /// <param name="hosts">The number of hosts.</param>
    /// <param name="slow">Whether their links can be given a <see cref="LinkQuality"/>; they then run through this process.</param>
    public static async Task<Network> StartAsync(int hosts, bool slow = false)
    {
        var network = new Network();
        try
        {
            await Shell.RunAsync($"ip link add {network._name} type bridge");
            await Shell.RunAsync($"ip addr add {network.Address}/24 dev {network._name}");
            await Shell.RunAsync($"ip link set {network._name} up");
            network._ownCertificates = network._certificates.For(network.Address);
            for (var i = 1; i <= hosts; i++)
            {
                var address = $"{network._prefix}.{i}";
                var certificates = network._certificates.For(address);
                network._hosts.Add(await NetworkHost.AddAsync(network._name, i, address, network.Address, certificates, slow));
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
        _certificates.Dispose();
    }
}
