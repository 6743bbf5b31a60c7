using System.CommandLine;
using ActorPool.Agent;
using ActorPool.Configuration;
using ActorPool.Insights;
using ActorPool.Node.Observing;
using ActorPool.Remoting;
using ActorPool.Security;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Nodes;

/// <summary>Makes the command <c>config</c>: which settings a node has here, and whether they are right.</summary>
internal static class ConfigCommand
{
    public static Command Create() =>
        new("config", "Shows and checks the settings that a node would have with these flags, here.") { CreateShow(), CreateCheck() };

    private static Command CreateShow()
    {
        var flags = new NodeFlags();
        var output = ReportOutput.CreateOption();
        var command = new Command("show", "Lists all settings with their values, and where each comes from.") { output };
        flags.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var layers = flags.ReadLayers(parsed);
            var options = await flags.ReadOptionsAsync(parsed, layers, stop);
            var report = new SettingsReport(ReportJson.Version, Collect(layers, options.Workers));
            new ReportOutput(parsed.GetValue(output) is "json").Write(report, NodeJson.Default.SettingsReport, Show);
            Check(options, layers); // wrong values are shown as well
            return 0;
        });
        return command;
    }

    private static Command CreateCheck()
    {
        var flags = new NodeFlags();
        var command = new Command("check", "Checks the settings as the start of a node does: exit code 0 if they are right, else 78.");
        flags.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            NodeCultures.Check();
            var layers = flags.ReadLayers(parsed);
            Check(await flags.ReadOptionsAsync(parsed, layers, stop), layers);
            var given = layers.Settings.Count;
            Console.Out.WriteLine($"The settings are valid: {given} given, the others are defaults.");
            return 0;
        });
        return command;
    }

    /// <summary>Collects the settings in effect.</summary>
    /// <param name="layers">Those that were given.</param>
    /// <param name="workers">The flag <c>--workers</c>, which overrides a setting; null if it is not given.</param>
    public static IReadOnlyList<LayeredSetting> Collect(SettingLayers layers, int? workers)
    {
        var effective = ClusterConfig.ForNode(new HoconText("", "")); // defaults of nodes differ in places from those of pools
        var settings = SettingLayers.ReadDefaults().ToDictionary(
            entry => entry.Path,
            entry => effective.GetString(entry.Path) is { } value && !value.Equals(entry.Value, StringComparison.Ordinal)
                ? new LayeredSetting(entry.Path, value, SettingLayer.Default, "default of nodes")
                : new LayeredSetting(entry.Path, entry.Value, SettingLayer.Default, "default"),
            StringComparer.Ordinal);
        foreach (var given in layers.Settings)
            settings[given.Path] = given;
        if (workers is { } number)
        {
            const string Workers = "actorpool.workers";
            settings[Workers] = new LayeredSetting(Workers, $"{number}", SettingLayer.Flag, "--workers");
        }
        return [.. settings.Values];
    }

    /// <exception cref="NodeException">They are wrong; the message lists all faults.</exception>
    public static void Check(PoolNodeOptions options, SettingLayers layers)
    {
        try
        {
            var settings = NodeSettings.Read(options, out _);
            // The development certificate is made when a node starts.
            if (settings.Cluster is { Tls: true, Certificates: not null })
                NodeStart.CheckCertificate(ClusterSecurity.Create(settings.Cluster, TimeProvider.System), options.Host);
        }
        catch (SettingsException e)
        {
            throw layers.Describe(e);
        }
    }

    private static IEnumerable<IRenderable> Show(SettingsReport report)
    {
        var table = ReportTables.CreateTable("Setting", "Value", "From");
        foreach (var setting in report.Settings)
        {
            var color = setting.Layer == SettingLayer.Default ? (Color?)null : Color.Green;
            table.AddRow(
                ReportTables.Text(setting.Path), ReportTables.Text(setting.Value, color), ReportTables.Text(setting.Origin, color));
        }
        yield return table;
    }
}
