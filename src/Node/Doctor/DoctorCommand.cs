using System.CommandLine;
using System.Globalization;
using ActorPool.Configuration;
using ActorPool.Insights;
using ActorPool.Node.Observing;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Doctor;

/// <summary>Makes the command <c>doctor</c>: what is wrong here and with a cluster.</summary>
internal sealed class DoctorCommand
{
    private static readonly string s_usualSeed = $"127.0.0.1:{StartCommand.DefaultPort}";

    private readonly Option<string?> _cluster = new("--cluster", "-c")
    {
        Description = $"A node of the cluster to check, or several. [default: {s_usualSeed}, if a node is there]",
        HelpName = "host:port[,host:port...]",
    };

    private readonly Option<string?> _certs = new("--certs")
    {
        Description = "The directory of this machine's certificates. [default: actorpool.cluster.tls.certificates]",
        HelpName = "DIR",
    };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "The address or name that a node here would have. [default: 127.0.0.1]",
        HelpName = "ADDRESS",
    };

    private readonly Option<int?> _port = BoundedInt32.CreateOptional(
        "--port", $"The port that it would listen on. [default: {StartCommand.DefaultPort}]", 0, ushort.MaxValue);

    private readonly Option<int?> _dataPort = BoundedInt32.CreateOptional(
        "--data-port", "The port that it would take inputs on. [default: actorpool.cluster.data-port, which is any free one]", 0,
        ushort.MaxValue);

    private readonly Option<string?> _config = SettingLayers.CreateOption();
    private readonly Option<string> _output = ReportOutput.CreateOption();

    public static Command Create()
    {
        var flags = new DoctorCommand();
        ObserverFlags.CheckAddresses(flags._cluster);
        var command = new Command(
            "doctor", "Finds what is wrong on this machine and with a cluster: exit code 1 if there is a problem, else 0.")
        {
            flags._cluster, flags._certs, flags._host, flags._port, flags._dataPort, flags._config, flags._output,
        };
        command.SetAction(flags.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var cluster = parsed.GetValue(_cluster);
        List<Finding> findings;
        try
        {
            findings = [.. await FindAsync(parsed, ReadLayers(parsed), stop)];
        }
        catch (NodeException e) when (e.ExitCode == CommandLine.WrongConfiguration)
        {
            findings = [new Finding(FindingLevel.Problem, "settings", e.Message), .. SystemFindings.Find(codeCache: null)];
        }
        var report = new DoctorReport(ReportJson.Version, TimeProvider.System.GetUtcNow(), cluster, findings);
        new ReportOutput(parsed.GetValue(_output) is "json").Write(report, NodeJson.Default.DoctorReport, Show);
        return findings.Exists(finding => finding.Level == FindingLevel.Problem) ? CommandLine.Failure : 0;
    }

    private async Task<IEnumerable<Finding>> FindAsync(ParseResult parsed, SettingLayers layers, CancellationToken stop)
    {
        var options = new PoolNodeOptions
        {
            Host = parsed.GetValue(_host) ?? "127.0.0.1",
            Port = parsed.GetValue(_port) ?? StartCommand.DefaultPort,
            Config = layers.Text,
        };
        var node = new NodeFindings(layers, options, TimeProvider.System)
        {
            IsHostGiven = parsed.GetValue(_host) is not null,
            IsPortGiven = parsed.GetValue(_port) is not null,
        };
        var ofNode = await node.FindAsync(stop);
        var ofCluster = await FindInClusterAsync(parsed, node, layers, stop);
        return [.. ofNode, .. SystemFindings.Find(node.Settings?.Cluster.CodeCache), .. ofCluster];
    }

    private async Task<IReadOnlyList<Finding>> FindInClusterAsync(
        ParseResult parsed, NodeFindings node, SettingLayers layers, CancellationToken stop)
    {
        const string Subject = "cluster";
        var cluster = parsed.GetValue(_cluster);
        if (node.Security is not { } security)
        {
            return
            [
                new Finding(
                    cluster is null ? FindingLevel.Warning : FindingLevel.Problem, Subject,
                    "Not checked: correct the settings and the certificate first."),
            ];
        }
        if (cluster is not null || await ClusterFindings.HasNodeAsync(security, s_usualSeed, stop))
            return await new ClusterFindings(security, layers).FindAsync(cluster ?? s_usualSeed, stop);
        return [new Finding(FindingLevel.Ok, Subject, $"None is at {s_usualSeed}. To check another: --cluster host:port.")];
    }

    private SettingLayers ReadLayers(ParseResult parsed) => SettingLayers.Read(
        parsed.GetValue(_config), Environment.GetEnvironmentVariables(),
        [
            .. ObserverFlags.ReadCertificates(parsed.GetValue(_certs)),
            .. parsed.GetValue(_dataPort) is { } port
                ? [("actorpool.cluster.data-port", port.ToString(CultureInfo.InvariantCulture), _dataPort.Name)]
                : Array.Empty<(string, string, string)>(),
        ]);

    private static IEnumerable<IRenderable> Show(DoctorReport report)
    {
        foreach (var finding in report.Findings)
        {
            var (word, color) = finding.Level switch
            {
                FindingLevel.Ok => ("ok", Color.Green),
                FindingLevel.Warning => ("warning", Color.Yellow),
                _ => ("problem", Color.Red),
            };
            var node = finding.Node is { } address ? $" {address}" : "";
            yield return ReportTables.Text($"{word,-8} {finding.Subject}{node}: {finding.Message}", color);
        }
    }
}
