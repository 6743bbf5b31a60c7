using System.Reflection;

namespace ActorPool.Node.Nodes;

/// <summary>Describes a node once it takes work.</summary>
/// <remarks>One fact a line, for people and for scripts.</remarks>
internal static class Announcement
{
    public static IEnumerable<string> Create(PoolNode node, PoolNodeOptions options)
    {
        var isSeed = options.Join.Count == 0;
        var contact = isSeed ? node.Address : string.Join(',', options.Join);
        yield return isSeed ? "Seed of a new cluster, ready." : $"Node in the cluster of {contact}, ready.";
        yield return $"  control:  {node.Address}";
        yield return $"  data:     {node.DataAddress}";
        if (node.SocketPath.Length > 0)
            yield return $"  socket:   {node.SocketPath}, for pools of the user {Environment.UserName} on this host, not encrypted";
        yield return $"  workers:  {node.Workers}";
        yield return $"  process:  {Environment.ProcessId}, of the user {Environment.UserName}";
        yield return $"  security: {DescribeSecurity(node)}";
        yield return $"  program:  WorkerPool.ConnectAsync(\"{contact}\")";
        yield return $"  next:     {FormatCommand()} --join {contact}";
    }

    private static string DescribeSecurity(PoolNode node)
    {
        if (!node.Security.IsOn)
            return "loopback only, without TLS: every user of this host can connect and run code with the rights of this process";
        return node.Security.IsDevelopment
            ? $"mutual TLS with the development certificate: only processes of the user {Environment.UserName} on this host can connect"
            : "mutual TLS: anyone who has a certificate of the same authority can connect";
    }

    /// <summary>Formats the command so that it works in another terminal, in any directory.</summary>
    private static string FormatCommand()
    {
        var assembly = Assembly.GetExecutingAssembly().Location; // empty in a single-file application, which is a command by itself
        return assembly.Length > 0 ? $"dotnet {Quote(assembly)}" : Quote(Environment.ProcessPath ?? "Node");
    }

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
