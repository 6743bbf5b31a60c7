using System.CommandLine;

namespace ActorPool.Node.Nodes;

/// <summary>Makes the root command, which starts a node, with its flags.</summary>
internal static class NodeCommand
{
    public static RootCommand Create()
    {
        var flags = new NodeFlags();
        var root = new RootCommand(
            "ActorPool: Python's multiprocessing.Pool for .NET, built as an actor system. Starts a node, "
            + "which lends its workers to pools.");
        flags.AddTo(root);
        root.Validators.Add(result =>
        {
            if (!flags.HasNode(result))
            {
                result.AddError(
                    "Give --seed for the first node of a cluster, --join host:port for a further one, or the command demo.");
            }
        });
        root.SetAction(async (parsed, cancellationToken) =>
        {
            NodeCultures.Check();
            var layers = flags.ReadLayers(parsed);
            var options = await flags.ReadOptionsAsync(parsed, layers, cancellationToken);
            return await new NodeRun(options, layers, Console.Error).RunAsync(cancellationToken);
        });
        return root;
    }
}
