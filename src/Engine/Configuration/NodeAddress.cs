using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;

namespace ActorPool.Configuration;

/// <summary>Where a node is reached: a host's name or address, and a port.</summary>
/// <remarks>
/// As text <c>10.0.0.5:8110</c>, <c>node5:8110</c> or <c>[::1]:8110</c>. It is created only by parsing, so that the same node is always the
/// same value: names are in lower case, addresses as .NET writes them, localhost is 127.0.0.1.
/// </remarks>
internal readonly record struct NodeAddress
{
    private NodeAddress(string host, int port) => (Host, Port) = (host, port);

    /// <summary>Compares by host, then by port.</summary>
    public static IComparer<NodeAddress> Order { get; } = Comparer<NodeAddress>.Create(
        static (one, other) => string.CompareOrdinal(one.Host, other.Host) is not 0 and var order ? order : one.Port.CompareTo(other.Port));

    /// <summary>The host, without the brackets that an IPv6 address has before a port.</summary>
    public string Host { get; }

    /// <summary>The port, 1 to 65535.</summary>
    public int Port { get; }

    private string BracketedHost => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    /// <summary>Reads one or more addresses, separated by commas, without duplicates.</summary>
    /// <exception cref="FormatException">One is not an address, or there is none; the message says which and why.</exception>
    public static IReadOnlyList<NodeAddress> ParseList(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var addresses = parts.Select(Parse).Distinct().ToArray();
        return addresses.Length > 0
            ? addresses
            : throw new FormatException("No address is given. Write host:port, such as 127.0.0.1:8110.");
    }

    /// <exception cref="FormatException">The text is not an address; the message says why.</exception>
    public static NodeAddress Parse(string text) =>
        TryParse(text, out var address, out var reason) ? address : throw new FormatException(reason);

    public static bool TryParse(string text, out NodeAddress address) => TryParse(text, out address, out _);

    /// <exception cref="FormatException">The host is not a host's name or address, or the port is not 1 to 65535.</exception>
    public static NodeAddress From(string host, int port)
    {
        var isBareIPv6 = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[');
        return Parse(string.Create(CultureInfo.InvariantCulture, $"{(isBareIPv6 ? $"[{host}]" : host)}:{port}"));
    }

    /// <summary>Converts the address of an actor system that can be reached from outside.</summary>
    public static NodeAddress From(Address address) => From(address.Host!, address.Port!.Value);

    /// <summary>Whether only processes of this machine can reach the host.</summary>
    public static bool IsLoopback(string host) => IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);

    /// <summary>Returns Akka's address of the actor system there.</summary>
    /// <param name="self">Any address with the protocol and the name of such a system.</param>
    public Address ToAkka(Address self) => self.WithHost(BracketedHost).WithPort(Port);

    public override string ToString() => Format(Port);

    /// <summary>Formats another port of the host; any number.</summary>
    public string Format(int port) => string.Create(CultureInfo.InvariantCulture, $"{BracketedHost}:{port}");

    private static bool TryParse(string text, out NodeAddress address, out string reason)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        if (text.Contains("://", StringComparison.Ordinal))
        {
            reason = $"[{text}] is not host:port. Remove everything before the host: the scheme follows from the settings.";
            return false;
        }
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
        {
            reason = $"[{text}] is not host:port with a port of 1 to 65535, such as 127.0.0.1:8110.";
            return false;
        }
        if (NormalizeHost(text[..colon]) is not { } host)
        {
            reason = text.AsSpan(0, colon).Contains(':') && !text.StartsWith('[')
                ? $"[{text}] is not host:port. Write an IPv6 address in brackets, such as [::1]:8110."
                : $"[{text}] is not host:port: [{text[..colon]}] is no host's name or address.";
            return false;
        }
        reason = "";
        address = new NodeAddress(host, port);
        return true;
    }

    private static string? NormalizeHost(string host)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
            return IPAddress.TryParse(host, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6 ? v6.ToString() : null;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback.ToString();
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 ? host.ToLowerInvariant() : null;
    }
}
