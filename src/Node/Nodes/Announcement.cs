using System.Reflection;
using ActorPool.Hosting;

namespace ActorPool.Node.Nodes;

/// <summary>What a node says of itself once it takes work: one fact a line, for eyes and for scripts.</summary>
internal static class Announcement
{
    public static IEnumerable<string> Of(PoolNode node, PoolNodeOptions options)
    {
        var isSeed = options.Join.Count == 0;
        var contact = isSeed ? node.Address : string.Join(',', options.Join);
        yield return isSeed ? "Seed of a new cluster, ready." : $"Node in the cluster of {contact}, ready.";
        yield return $"  control:  {node.Address}";
        yield return $"  data:     {node.DataAddress}";
        yield return $"  workers:  {node.Workers}";
        yield return $"  process:  {Environment.ProcessId}, of the user {Environment.UserName}";
        yield return $"  security: {Security(node)}";
        yield return $"  program:  WorkerPool.ConnectAsync(\"{contact}\")";
        yield return $"  next:     {Command()} --join {contact}";
    }

    private static string Security(PoolNode node)
    {
        if (!node.Security.IsOn)
            return "loopback only, without TLS: every user of this host can connect and run code with the rights of this process";
        return node.Security.IsDevelopment
            ? $"mutual TLS with the development certificate: only processes of the user {Environment.UserName} on this host can connect"
            : "mutual TLS: whoever has a certificate of the same authority can connect";
    }

    /// <summary>The command as another terminal, in whatever directory, can give it.</summary>
    private static string Command()
    {
        var assembly = Assembly.GetExecutingAssembly().Location; // empty in a single-file application, which is a command by itself
        return assembly.Length > 0 ? $"dotnet {Quoted(assembly)}" : Quoted(Environment.ProcessPath ?? "Node");
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
