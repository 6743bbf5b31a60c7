using System.Net;
using System.Net.Sockets;

namespace ActorPool.Hosting;

/// <summary>Asks the system's routes which address of this machine others see.</summary>
internal static class LocalAddress
{
    /// <summary>The address from which a host is reached. Nothing is sent.</summary>
    /// <returns>The loopback address if there is no way to the host: then nothing will answer, and that says more.</returns>
    public static async Task<string> TowardsAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellationToken);
            var towards = addresses.FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
            using var socket = new Socket(towards.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(towards, 9); // any port: of a datagram socket this only sets where it would send to
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return IPAddress.Loopback.ToString();
        }
    }
}
