using System.Reflection;
using ActorPool.Configuration;

namespace ActorPool.Node.Nodes;

/// <summary>Describes a node once it takes work.</summary>
/// <remarks>One fact a line, for people and for scripts.</remarks>
internal static class Announcement
{
    public static IEnumerable<string> Create(PoolNode node, PoolNodeOptions options)
    {
        var isOnlySeed = options.Join.Count == 0;
        var contact = isOnlySeed ? node.Address : string.Join(',', options.Join);
        yield return isOnlySeed ? "Seed of a new cluster, ready."
            : $"{(options.IsSeed ? "Seed" : "Node")} in the cluster of {contact}, ready.";
        yield return $"  control:  {node.Address}";
        yield return $"  data:     {node.DataAddress}";
        if (node.SocketPath.Length > 0)
            yield return $"  socket:   {node.SocketPath}, for pools of the user {UserFiles.UserName} on this host, not encrypted";
        yield return $"  workers:  {node.Workers}";
        yield return $"  process:  {Environment.ProcessId}, of the user {UserFiles.UserName}";
        yield return $"  security: {DescribeSecurity(node)}";
        yield return $"  program:  WorkerPool.ConnectAsync({FormatProgram(node, contact)})";
        yield return $"  next:     {FormatCommand(node, contact)}";
    }

    /// <summary>Formats the arguments of a program's call, with the settings that it needs.</summary>
    private static string FormatProgram(PoolNode node, string contact)
    {
        var setting = !node.Security.IsOn ? "actorpool.cluster.tls.enabled = off"
            : node.Security.Directory is { } certificates ? $"actorpool.cluster.tls.certificates = {HoconText.Quote(certificates)}"
            : null;
        if (setting is null)
            return $"\"{contact}\"";
        var literal = setting.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{contact}\", new() {{ Config = \"{literal}\" }}";
    }

    private static string DescribeSecurity(PoolNode node)
    {
        if (!node.Security.IsOn)
            return "loopback only, without TLS: every user of this host can connect and run code with the rights of this process";
        return node.Security.IsDevelopment
            ? $"mutual TLS with the development certificate: only processes of the user {UserFiles.UserName} on this host can connect"
            : "mutual TLS: anyone who has a certificate of the same authority can connect";
    }

    /// <summary>Formats the command so that it works in another terminal, in any directory.</summary>
    /// <remarks>Also on another machine with the same paths: a node that joins finds the address that faces the seed.</remarks>
    private static string FormatCommand(PoolNode node, string contact)
    {
        var certificates = node.Security.Directory is { } directory ? $" --certs {Quote(directory)}" : "";
        var variable = node.Security.IsOn ? "" : "env ACTORPOOL__CLUSTER__TLS__ENABLED=off ";
        return $"{variable}{FormatProgramPath()} --join {contact}{certificates}";
    }

    private static string FormatProgramPath()
    {
        var assembly = Assembly.GetExecutingAssembly().Location; // empty in a single-file application, which is a command by itself
        return assembly.Length > 0 ? $"dotnet {Quote(assembly)}" : Quote(Environment.ProcessPath ?? "Node");
    }

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
