using System.Collections;
using System.Text.Json;
using ActorPool.Node.Nodes;

namespace ActorPool.Node.Tests.Nodes;

/// <summary>The command <c>config</c> of the built program.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("config");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Each_setting_is_shown_with_its_value_and_origin()
    {
        var file = Write("actorpool {\n  cluster.prefetch = 3\n  cluster.drain-timeout = 5s\n}\nakka.loglevel = INFO");
        using var show = NodeProcess.StartWith(
            ["ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=30s"],
            ["config", "show", "--config", file, "--workers", "3", "--http", "9110", "-o", "json"]);

        await show.CheckEndAsync(0);

        using var json = JsonDocument.Parse(show.Output);
        Assert.Equal(1, json.RootElement.GetProperty("version").GetInt32());
        var settings = json.RootElement.GetProperty("settings").EnumerateArray().ToDictionary(
            setting => setting.GetProperty("path").GetString()!,
            setting => $"{setting.GetProperty("value")} {setting.GetProperty("layer")} {setting.GetProperty("origin")}",
            StringComparer.Ordinal);
        Assert.Equal($"3 file {file}, line 2, column 3", settings["actorpool.cluster.prefetch"]);
        Assert.Equal("30s variable the variable ACTORPOOL__CLUSTER__DRAIN_TIMEOUT", settings["actorpool.cluster.drain-timeout"]);
        Assert.Equal("3 flag --workers", settings["actorpool.workers"]);
        Assert.Equal("9110 flag --http", settings["actorpool.cluster.http"]);
        Assert.Equal("2ms default default", settings["actorpool.chunk.target"]);
        Assert.Equal("0 default default of nodes", settings["actorpool.worker-dispatcher.worker-threads.spin"]);
        Assert.Equal($"INFO file {file}, line 5, column 1", settings["akka.loglevel"]);
        Assert.Equal("", show.Error);
    }

    [Fact]
    public void No_setting_is_left_out()
    {
        var all = ConfigCommand.Collect(SettingLayers.Read(null, new Hashtable()), workers: null);

        Assert.Equal(
            SettingLayers.ReadDefaults().Select(entry => entry.Path), all.Select(setting => setting.Path), StringComparer.Ordinal);
        Assert.All(all, setting => Assert.Equal(SettingLayer.Default, setting.Layer));
    }

    [Fact]
    public async Task Right_settings_are_one_line()
    {
        using var check = NodeProcess.Start("config", "check", "--config", Repository.Config("worker.conf"));

        await check.CheckEndAsync(0);

        Assert.StartsWith("The settings are valid: ", Assert.Single(check.Output.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_settings_are_told_as_the_start_of_a_node_tells_them()
    {
        var file = Write("actorpool.workers = many\nactorpool.nonsense = 1");
        string[] flags = ["--seed", "--config", file, "--host", "10.1.2.3", "--port", "0"];
        using var check = NodeProcess.Start(["config", "check", .. flags]);
        using var node = NodeProcess.Start(flags);

        await check.CheckEndAsync(78);
        await node.CheckEndAsync(78);

        Assert.Equal(node.Error, check.Error);
        Assert.Contains($"actorpool.workers is [many] ({file}, line 1, column 1)", check.Error, StringComparison.Ordinal);
        Assert.Contains("--host is [10.1.2.3]", check.Error, StringComparison.Ordinal);
        Assert.Equal("", check.Output);
    }

    [Fact]
    public async Task Wrong_settings_are_shown_and_told()
    {
        using var show = NodeProcess.StartWith(["ACTORPOOL__CLUSTER__PREFETCH=-1"], ["config", "show"]);

        await show.CheckEndAsync(78);

        Assert.Contains("the variable ACTORPOOL__CLUSTER__PREFETCH", show.Output, StringComparison.Ordinal);
        Assert.Contains("actorpool.cluster.prefetch is [-1]", show.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actorpool.cluster.prefetch = 3", 0, "")]
    [InlineData(
        "actorpool.workers = many\nactorpool.cluster.prefetch = -1", 78,
        "actorpool.workers is [many]|actorpool.cluster.prefetch is [-1]")]
    [InlineData("actorpool {", 78, "line 1")] // it cannot be read at all
    public async Task Scripts_get_what_is_wrong_with_all_settings(string text, int exitCode, string problems)
    {
        var file = Write(text);
        using var check = NodeProcess.Start("config", "check", "--config", file, "-o", "json");
        using var show = NodeProcess.Start("config", "show", "--config", file, "-o", "json");

        await check.CheckEndAsync(exitCode);
        await show.CheckEndAsync(exitCode);

        Assert.Equal(show.Output, check.Output);
        using var json = JsonDocument.Parse(check.Output);
        Assert.Equal(1, json.RootElement.GetProperty("version").GetInt32());
        var found = json.RootElement.GetProperty("problems").EnumerateArray().Select(one => one.GetString()!).ToList();
        var expected = problems.Split('|', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, found.Count);
        Assert.All(expected.Zip(found), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("config", "show", "--output", "xml")]
    [InlineData("config", "check", "--output", "xml")]
    [InlineData("config", "check", "--workers", "0")]
    [InlineData("config", "show", "--nonsense")]
    public async Task Wrong_flags_are_refused(params string[] arguments)
    {
        using var command = NodeProcess.Start(arguments);

        await command.CheckEndAsync(2);
    }

    private string Write(string text)
    {
        var file = Path.Combine(_folder.FullName, "test.conf");
        File.WriteAllText(file, text);
        return file;
    }
}
