using System.Globalization;
using System.Net;

namespace ActorPool.Cluster;

/// <summary>Reads <c>host:port</c>.</summary>
internal static class NodeAddress
{
    /// <summary>Reads one or more addresses, with commas between them; localhost is 127.0.0.1, as nodes know themselves by address.</summary>
    /// <exception cref="FormatException">One is no address; the message says which and why.</exception>
    public static IReadOnlyList<string> ParseList(string text)
    {
        var addresses = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(one => Format(Parse(one))).Distinct(StringComparer.Ordinal).ToArray();
        return addresses.Length > 0 ? addresses : throw new FormatException("No address is given. Write host:port, such as 127.0.0.1:8110.");
    }

    public static (string Host, int Port) Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (text.Contains("://", StringComparison.Ordinal))
            throw new FormatException($"[{text}] is not host:port: leave out what stands before the host. The scheme follows from the settings.");
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            throw new FormatException($"[{text}] is not host:port with a port of 1 to 65535, such as 127.0.0.1:8110.");
        var host = text[..colon];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            host = IPAddress.Loopback.ToString();
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new FormatException($"[{text}] is not host:port: [{host}] is no host's name or address.");
        return (host, port);
    }

    public static string Format((string Host, int Port) address) => string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");

    /// <summary>Whether only processes of this machine can reach the address.</summary>
    public static bool IsLoopback(string host) => IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);
}
