using System.CommandLine;
using System.Globalization;
using ActorPool.Node.Certificates;
using ActorPool.Node.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ActorPool.Node.Tests.Deploy;

/// <summary>The files of the folder deploy/, and how their commands are checked.</summary>
internal static class DeployFiles
{
    /// <summary>The time that a node needs to end after SIGTERM: <c>actorpool.cluster.drain-timeout</c>, and its end itself.</summary>
    public static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(20 + 10);

    /// <summary>Where the image and the service have the node.</summary>
    public const string Node = "/opt/actorpool/Node.dll";

    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy");

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public static IReadOnlyList<YamlMappingNode> ReadYaml(string name)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(Read(name));
        // "<<: *node" becomes the entries of that node.
        stream.Load(new MergingParser(new Parser(reader)));
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    /// <summary>Checks a command of the node as Node.dll itself does.</summary>
    public static void CheckCommand(IEnumerable<string> arguments)
    {
        var root = NodeCommand.Create();
        root.Subcommands.Add(CertsCommand.Create());
        var given = arguments.ToList();
        Assert.NotEmpty(given);
        Assert.Empty(root.Parse(given).Errors.Select(error => error.Message));
    }

    /// <summary>Starts a node with variables, which write to /var/cache.</summary>
    public static async Task CheckVariablesAsync(IReadOnlyCollection<string> variables)
    {
        Assert.NotEmpty(variables);
        var folder = Directory.CreateTempSubdirectory("cache-");
        try
        {
            using var node = NodeProcess.StartWith(
                [.. variables.Select(one => one.Replace("/var/cache", folder.FullName, StringComparison.Ordinal))],
                ["--seed", "--port", "0"]);
            await node.AwaitAsync("next:");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Reads a duration such as 45s.</summary>
    public static TimeSpan ReadSeconds(string text) =>
        TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture));

    public static YamlNode Get(this YamlNode node, string path)
    {
        foreach (var key in path.Split('.'))
            node = node[key];
        return node;
    }

    public static string Text(this YamlNode node, string path) => ((YamlScalarNode)node.Get(path)).Value!;

    public static IReadOnlyList<YamlNode> List(this YamlNode node, string path) => ((YamlSequenceNode)node.Get(path)).Children.ToArray();

    public static IReadOnlyList<string> Texts(this YamlNode node, string path) =>
        [.. node.List(path).Select(item => ((YamlScalarNode)item).Value!)];

    /// <summary>Makes a command of the image or the service run the Node that was built.</summary>
    public static string WithBuiltNode(string text) => text.Replace(Node, Repository.Node, StringComparison.Ordinal);
}
