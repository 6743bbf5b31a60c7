using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Remoting;

namespace ActorPool.Node.Nodes;

/// <summary>Makes the root command, which starts a node, with its flags.</summary>
internal static class NodeCommand
{
    private const int MaxWorkers = 10_000;

    public static RootCommand Create()
    {
        var seed = new Option<bool>("--seed")
        {
            Description = "Starts the first node of a new cluster; with --join, one of several seeds, which --join lists.",
        };
        var join = new Option<IReadOnlyList<string>>("--join")
        {
            Description = "Starts a node that joins the cluster of these nodes.",
            HelpName = "host:port[,host:port...]",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = ReadAddresses,
        };
        var host = new Option<string?>("--host")
        {
            Description = "The address or name by which other nodes and pools reach the node, and on which it listens. One outside the "
                + "loopback interface needs --certs. [default: 127.0.0.1 for --seed, the address that faces the seed for --join]",
            HelpName = "ADDRESS",
        };
        var port = BoundedInt32.CreateOptional(
            "--port", $"The port to listen on; 0: any free one. [default: {StartCommand.DefaultPort} for --seed, 0 for --join]", 0,
            ushort.MaxValue);
        var network = new NetworkFlags();
        var workers = BoundedInt32.CreateOptional(
            "--workers",
            "How many items the node runs at a time. [default: actorpool.workers, which is the number of processors of this process]",
            1, MaxWorkers);
        var isolation = new Option<string?>("--isolation")
        {
            Description = "Whether each worker is a process of its own: a function that ends its process then costs one item, and not the "
                + "node. [default: actorpool.isolation, which is none]",
            HelpName = "none|process",
        };
        isolation.AcceptOnlyFromAmong("none", "process");
        var certs = new Option<string?>("--certs")
        {
            Description = "The directory of this machine's certificates, from: certs issue; or auto: a development certificate of "
                + "this user, only for this machine. [default: auto]",
            HelpName = "DIR",
        };
        var functions = new Option<string?>("--functions")
        {
            Description = "A directory of assemblies whose functions pools need not send to the node.",
            HelpName = "DIR",
        };
        var http = new Option<string?>("--http")
        {
            Description = "Serves /livez, /readyz and /metrics over HTTP on this port of the loopback interface, or of this address; "
                + "0: any free port. [default: actorpool.cluster.http, which is off]",
            HelpName = "[ADDRESS:]PORT",
            CustomParser = ReadListenAddress,
        };
        var config = SettingLayers.CreateOption();

        var root = new RootCommand(
            "ActorPool: Python's multiprocessing.Pool for .NET, built as an actor system. Starts a node, which lends its workers to pools.")
        {
            seed, join, host, port, workers, isolation, certs, functions, http, config,
        };
        network.AddTo(root);
        root.Validators.Add(result =>
        {
            var (isSeed, joins) = (result.GetValue(seed), result.GetResult(join) is not null);
            if (!isSeed && !joins)
            {
                result.AddError(
                    "Give --seed for the first node of a cluster, --join host:port for a further one, or the command demo.");
            }
        });
        root.SetAction(async (parsed, cancellationToken) =>
        {
            NodeCultures.Check();
            var layers = SettingLayers.Read(
                parsed.GetValue(config), Environment.GetEnvironmentVariables(),
                [
                    .. parsed.GetValue(certs) is { } directory
                        ? [("actorpool.cluster.tls.certificates", directory is "auto" ? directory : Path.GetFullPath(directory), "--certs")]
                        : Array.Empty<(string, string, string)>(),
                    .. parsed.GetValue(isolation) is { } chosen
                        ? [("actorpool.isolation", chosen, "--isolation")]
                        : Array.Empty<(string, string, string)>(),
                    .. parsed.GetValue(http) is { } listener
                        ? [("actorpool.cluster.http", listener, "--http")]
                        : Array.Empty<(string, string, string)>(),
                    .. network.Read(parsed),
                ]);
            var seeds = parsed.GetValue(join) ?? [];
            var options = new PoolNodeOptions
            {
                Host = parsed.GetValue(host) ?? await FindHostAsync(seeds, cancellationToken),
                Port = parsed.GetValue(port) ?? (parsed.GetValue(seed) ? StartCommand.DefaultPort : 0),
                Join = seeds,
                IsSeed = parsed.GetValue(seed),
                Workers = parsed.GetValue(workers),
                Functions = parsed.GetValue(functions),
                HasFunctions = false,
                Config = layers.Text,
                // What a node does for others, without what Akka says of itself.
                LogTarget = layers.HasLogLevel ? null : StandardErrorLogger.CreateTarget(),
            };
            return await new NodeRun(options, layers, Console.Error).RunAsync(cancellationToken);
        });
        return root;
    }

    private static string? ReadListenAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text is not "off" && ListenAddress.TryParse(text) is null)
            result.AddError($"--http is [{text}]; it must be {ListenAddress.Form}, or off.");
        return text;
    }

    /// <summary>Finds the address by which the seeds reach this machine.</summary>
    /// <remarks>So the command that a node prints works on another machine.</remarks>
    private static async Task<string> FindHostAsync(IReadOnlyList<string> seeds, CancellationToken cancellationToken) =>
        seeds is [var first, ..]
            ? await LocalAddress.FindTowardsAsync(NodeAddress.Parse(first).Host, cancellationToken)
            : IPAddress.Loopback.ToString();

    private static IReadOnlyList<string>? ReadAddresses(ArgumentResult result)
    {
        try
        {
            return [.. NodeAddress.ParseList(result.Tokens[0].Value).Select(address => address.ToString())];
        }
        catch (FormatException e)
        {
            result.AddError($"--join: {e.Message}");
            return null;
        }
    }
}
