using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorPool.ClusterTests.Support;

/// <summary>Ports for nodes that start again at their address.</summary>
/// <remarks>They are below those that Linux gives to outgoing connections: one of these could take the port meanwhile.</remarks>
internal static class Ports
{
    private const int First = 20_000;
    private const int Count = 10_000;

    // Processes of tests start at different ports, and each tries a port once.
    private static int s_next = Environment.ProcessId * 97;

    /// <summary>Returns a port that was free, and that no other caller gets.</summary>
    public static string GetFree()
    {
        for (var attempts = 0; attempts < Count; attempts++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_next) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port.ToString(CultureInfo.InvariantCulture);
            }
            catch (SocketException)
            {
                // In use; the next one may be free.
            }
        }
        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free.");
    }
}
