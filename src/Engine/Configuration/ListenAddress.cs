using System.Globalization;
using System.Net;

namespace ActorPool.Configuration;

/// <summary>Reads where a server listens: <c>9110</c>, <c>0.0.0.0:9110</c> or <c>[::]:9110</c>.</summary>
/// <remarks>A port alone is one of the loopback interface.</remarks>
internal static class ListenAddress
{
    /// <summary>How such an address is written, for messages.</summary>
    public const string Form = "a port (0 to 65535), or an IP address and a port, such as 9110, 0.0.0.0:9110 or [::]:9110";

    /// <returns>Null if the text is not such an address.</returns>
    public static IPEndPoint? TryParse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        if (colon < 0 || text.AsSpan(0, colon).Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return new IPEndPoint(IPAddress.Loopback, port);
        var host = text.AsSpan(0, colon);
        var isBracketed = host is ['[', .., ']'];
        // IPAddress takes 1 for 0.0.0.1, and an IPv6 address without brackets could end with the port.
        return IPAddress.TryParse(host, out var address) && (isBracketed ? host.Contains(':') : host.Count('.') == 3)
            ? new IPEndPoint(address, port)
            : null;
    }
}
