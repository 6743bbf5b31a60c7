using System.CommandLine;
using ActorPool.Configuration;

namespace ActorPool.Node.Observing;

/// <summary>The flags of all commands that ask a cluster.</summary>
internal sealed class ObserverFlags
{
    private readonly Option<string> _cluster = new("--cluster", "-c")
    {
        Description = "A node of the cluster, or several.",
        HelpName = "host:port[,host:port...]",
        DefaultValueFactory = _ => $"127.0.0.1:{StartCommand.DefaultPort}",
    };

    private readonly Option<string?> _certs = new("--certs")
    {
        Description = "The directory of certificates to show to the nodes. [default: actorpool.cluster.tls.certificates]",
        HelpName = "DIR",
    };

    private readonly Option<string> _output = ReportOutput.CreateOption();

    private readonly Option<string?> _config = SettingLayers.CreateOption();

    public ObserverFlags() => CheckAddresses(_cluster);

    /// <summary>Refuses what is no list of addresses.</summary>
    public static void CheckAddresses<T>(Option<T> cluster) => cluster.Validators.Add(result =>
    {
        try
        {
            if (result.Tokens is [{ Value: var addresses }])
                NodeAddress.ParseList(addresses);
        }
        catch (FormatException e)
        {
            result.AddError($"--cluster: {e.Message}");
        }
    });

    /// <summary>Returns the setting of the flag of certificates; none if it is not given.</summary>
    public static (string Path, string Value, string Flag)[] ReadCertificates(string? directory) => directory is null
        ? []
        : [("actorpool.cluster.tls.certificates", directory is "auto" ? directory : Path.GetFullPath(directory), "--certs")];

    /// <summary>Makes a command with these flags.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="run">Runs it with a connected observer; its result is the exit code.</param>
    /// <param name="symbols">Its own arguments and flags.</param>
    public Command Create(
        string name, string description, Func<ParseResult, ClusterObserver, ReportOutput, CancellationToken, Task<int>> run,
        params Symbol[] symbols)
    {
        var command = new Command(name, description) { _cluster, _certs, _output, _config };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else if (symbol is Option option)
                command.Options.Add(option);
        }
        command.SetAction(async (parsed, stop) =>
        {
            await using var observer = await ConnectAsync(parsed, stop);
            return await run(parsed, observer, new ReportOutput(parsed.GetValue(_output) is "json"), stop);
        });
        return command;
    }

    private async Task<ClusterObserver> ConnectAsync(ParseResult parsed, CancellationToken stop)
    {
        var layers = SettingLayers.Read(
            parsed.GetValue(_config), Environment.GetEnvironmentVariables(),
            ReadCertificates(parsed.GetValue(_certs)));
        try
        {
            return await ClusterObserver.ConnectAsync(parsed.GetValue(_cluster)!, layers.Text, stop);
        }
        catch (SettingsException e)
        {
            throw layers.Describe(e);
        }
        catch (Exception e) when (e is ArgumentException or NoWorkersException)
        {
            throw new NodeException(e.Message, e);
        }
    }
}
