using System.Globalization;

namespace ActorPool.Configuration;

/// <summary>Writes the command that starts a node, for messages.</summary>
internal static class StartCommand
{
    /// <summary>The port that a seed takes by default.</summary>
    public const int DefaultPort = 8110;

    /// <summary>Writes the command that starts a seed at an address.</summary>
    public static string FormatSeed(NodeAddress address)
    {
        var port = address.Port == DefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $" --port {address.Port}");
        var host = address.Host is "127.0.0.1" ? ""
            : NodeAddress.IsLoopback(address.Host) ? $" --host {address.Host}"
            : $" --host {address.Host} --certs DIR";
        return $"dotnet Node.dll --seed{port}{host}";
    }
}
