using System.Net;
using System.Net.Sockets;

namespace ActorPool.Remoting;

/// <summary>Finds the address of this machine that another host sees.</summary>
internal static class LocalAddress
{
    /// <summary>Finds the local address from which a host is reached.</summary>
    /// <remarks>It asks the system's routes, and sends nothing to the host.</remarks>
    /// <returns>The loopback address if there is no route to the host: the call that then gets no answer has the better error.</returns>
    public static async Task<string> FindTowardsAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = IPAddress.TryParse(host, out var address)
                ? [address]
                : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            var towards = addresses.FirstOrDefault(candidate => candidate.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
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
