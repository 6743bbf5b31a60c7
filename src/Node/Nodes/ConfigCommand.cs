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

    private static Command CreateShow() =>
        Create("show", "Lists all settings with their values, and where each comes from.", () => { }, Show);

    private static Command CreateCheck() => Create(
        "check", "Checks the settings as the start of a node does: exit code 0 if they are right, else 78.",
        NodeCultures.Check, ShowCheck);

    private static Command Create(
        string name, string description, Action prepare, Func<SettingsReport, IEnumerable<IRenderable>> render)
    {
        var flags = new NodeFlags();
        var output = ReportOutput.CreateOption();
        var command = new Command(name, description) { output };
        flags.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var report = new SettingsReport(ReportJson.Version, []);
            try
            {
                prepare();
                var layers = flags.ReadLayers(parsed);
                var options = await flags.ReadOptionsAsync(parsed, layers, stop);
                report = report with { Settings = Collect(layers, options.Workers) };
                Check(options, layers);
                Write(report);
                return 0;
            }
            catch (NodeException e) when (e.ExitCode == CommandLine.WrongConfiguration)
            {
                Write(report with { Problems = e.Problems.Count > 0 ? e.Problems : [e.Message] }); // wrong values are shown as well
                throw;
            }

            void Write(SettingsReport report) =>
                new ReportOutput(parsed.GetValue(output) is "json").Write(report, NodeJson.Default.SettingsReport, render);
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

    private static IEnumerable<IRenderable> ShowCheck(SettingsReport report)
    {
        var given = report.Settings.Count(setting => setting.Layer != SettingLayer.Default);
        if (report.Problems.Count == 0)
            yield return ReportTables.Text($"The settings are valid: {given} given, the others are defaults.");
    }

    private static IEnumerable<IRenderable> Show(SettingsReport report)
    {
        if (report.Settings.Count == 0)
            yield break; // they could not be read
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
