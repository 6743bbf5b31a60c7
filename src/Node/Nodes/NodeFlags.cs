using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Node.Observing;
using ActorPool.Remoting;

namespace ActorPool.Node.Nodes;

/// <summary>The flags of a node, and what they mean for its options and settings.</summary>
internal sealed class NodeFlags
{
    private readonly Option<bool> _seed = new("--seed")
    {
        Description = "Starts the first node of a new cluster; with --join, one of several seeds, which --join lists.",
    };

    private readonly Option<IReadOnlyList<string>> _join = new("--join")
    {
        Description = "Starts a node that joins the cluster of these nodes.",
        HelpName = "host:port[,host:port...]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = ReadAddresses,
    };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "The address or name by which other nodes and pools reach the node, and on which it listens. One outside the "
            + "loopback interface needs --certs. [default: 127.0.0.1 for --seed, the address that faces the seed for --join]",
        HelpName = "ADDRESS",
    };

    private readonly Option<int?> _port = BoundedInt32.CreateOptional(
        "--port", $"The port to listen on; 0: any free one. [default: {StartCommand.DefaultPort} for --seed, 0 for --join]", 0,
        ushort.MaxValue);

    private readonly NetworkFlags _network = new();

    private readonly Option<int?> _workers = BoundedInt32.CreateOptional(
        "--workers",
        "How many items the node runs at a time. [default: actorpool.workers, which is the number of processors of this process]",
        1, PoolSettings.MaxWorkers);

    private readonly Option<string?> _isolation = new("--isolation")
    {
        Description = "Whether each worker is a process of its own: a function that ends its process then costs one item, and not the "
            + "node. [default: actorpool.isolation, which is none]",
        HelpName = "none|process",
    };

    private readonly Option<string?> _certs = new("--certs")
    {
        Description = "The directory of this machine's certificates, from: certs issue; or auto: a development certificate of "
            + "this user, only for this machine. [default: auto]",
        HelpName = "DIR",
    };

    private readonly Option<string?> _functions = new("--functions")
    {
        Description = "A directory of assemblies whose functions pools need not send to the node.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _http = new("--http")
    {
        Description = "Serves /livez, /readyz and /metrics over HTTP on this port of the loopback interface, or of this address; "
            + "0: any free port. [default: actorpool.cluster.http, which is off]",
        HelpName = "[ADDRESS:]PORT",
        CustomParser = ReadListenAddress,
    };

    private readonly Option<string?> _config = SettingLayers.CreateOption();

    public NodeFlags() => _isolation.AcceptOnlyFromAmong("none", "process");

    /// <summary>Whether a node is to be started: a seed, or one that joins others.</summary>
    public bool HasNode(CommandResult result) => result.GetValue(_seed) || result.GetResult(_join) is not null;

    /// <summary>Adds all flags to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_seed, _join, _host, _port, _workers, _isolation, _certs, _functions, _http, _config];
        foreach (var option in all)
            command.Add(option);
        _network.AddTo(command);
    }

    /// <summary>Reads the settings of all layers.</summary>
    /// <exception cref="NodeException">The file or a variable is wrong.</exception>
    public SettingLayers ReadLayers(ParseResult parsed) => SettingLayers.Read(
        parsed.GetValue(_config), Environment.GetEnvironmentVariables(),
        [
            .. ObserverFlags.ReadCertificates(parsed.GetValue(_certs)),
            .. parsed.GetValue(_isolation) is { } chosen
                ? [("actorpool.isolation", chosen, "--isolation")]
                : Array.Empty<(string, string, string)>(),
            .. parsed.GetValue(_http) is { } listener
                ? [("actorpool.cluster.http", listener, "--http")]
                : Array.Empty<(string, string, string)>(),
            .. _network.Read(parsed),
        ]);

    /// <summary>Reads the options of a node.</summary>
    public async Task<PoolNodeOptions> ReadOptionsAsync(ParseResult parsed, SettingLayers layers, CancellationToken cancellationToken)
    {
        var seeds = parsed.GetValue(_join) ?? [];
        return new PoolNodeOptions
        {
            Host = parsed.GetValue(_host) ?? await FindHostAsync(seeds, cancellationToken),
            Port = parsed.GetValue(_port) ?? (parsed.GetValue(_seed) ? StartCommand.DefaultPort : 0),
            Join = seeds,
            IsSeed = parsed.GetValue(_seed),
            Workers = parsed.GetValue(_workers),
            Functions = parsed.GetValue(_functions),
            HasFunctions = false,
            Config = layers.Text,
            // What a node does for others, without what Akka says of itself.
            LogTarget = layers.HasLogLevel ? null : StandardErrorLogger.CreateTarget(),
        };
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
