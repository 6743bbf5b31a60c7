using System.Net;
using System.Net.Sockets;

namespace ActorPool.Remoting;

/// <summary>Finds the address of this machine that another host sees.</summary>
internal static class LocalAddress
{
    /// <summary>Finds the address of a host: one of IPv4, if it has both.</summary>
    /// <exception cref="SocketException">The host is a name without an address.</exception>
    public static async Task<IPAddress> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address))
            return address;
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        return addresses.FirstOrDefault(candidate => candidate.AddressFamily == AddressFamily.InterNetwork)
            ?? addresses.FirstOrDefault()
            ?? throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Finds the local address from which a host is reached.</summary>
    /// <remarks>It asks the system's routes, and sends nothing to the host.</remarks>
    /// <returns>The loopback address if there is no route to the host: the call that then gets no answer has the better error.</returns>
    public static async Task<string> FindTowardsAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var towards = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
            using var socket = new Socket(towards.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(towards, 9); // any port: for a datagram socket this only sets the destination
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return IPAddress.Loopback.ToString();
        }
    }
}
