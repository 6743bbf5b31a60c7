using System.Globalization;

namespace ActorPool.Node.Tests.Deploy;

/// <summary>The unit of systemd; <see cref="Nodes.ServiceManagerTests"/> has what the node tells it.</summary>
public sealed class SystemdTests
{
    private static readonly string s_text = DeployFiles.Read("actorpool.service");

    private static readonly ILookup<string, string> s_settings = s_text.Split('\n')
        .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .Select(line => line.Split('=', 2)).ToLookup(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    [Fact]
    public void The_node_is_started_with_flags_that_it_has()
    {
        var command = Get("ExecStart").Split(' ');
        var example = s_text.Split("# NODE_FLAGS=\"")[1].Split('"')[0];

        Assert.Equal(["/usr/bin/dotnet", DeployFiles.Node, "$NODE_FLAGS"], command);
        DeployFiles.CheckCommand(example.Split(' '));
        Assert.Equal("notify", Get("Type"));
    }

    [Fact]
    public void It_has_the_time_to_join_and_to_drain()
    {
        Assert.Equal("infinity", Get("TimeoutStartSec"));
        Assert.True(DeployFiles.ReadSeconds(Get("TimeoutStopSec")) > DeployFiles.TimeToEnd);
    }

    [Fact]
    public void It_is_not_started_again_where_that_cannot_help()
    {
        int[] codes = [CommandLine.WrongUsage, CommandLine.WrongConfiguration];

        Assert.Equal("on-failure", Get("Restart"));
        Assert.Equal(codes, Get("RestartPreventExitStatus").Split(' ').Select(code => int.Parse(code, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Its_variables_are_settings_of_the_node()
    {
        var variables = s_settings["Environment"].Where(one => one.StartsWith("ACTORPOOL__", StringComparison.Ordinal)).ToArray();

        await DeployFiles.CheckVariablesAsync(variables);
    }

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_it()
    {
        if (!File.Exists("/usr/bin/systemd-analyze"))
            return;
        // It looks for the program, which may be elsewhere on this machine.
        var folder = Directory.CreateTempSubdirectory("unit-");
        try
        {
            var unit = Path.Combine(folder.FullName, "actorpool.service");
            await File.WriteAllTextAsync(unit, s_text.Replace("/usr/bin/dotnet", "/usr/bin/env", StringComparison.Ordinal));
            using var verified = NodeProcess.Run("systemd-analyze", "verify", unit);

            await verified.CheckEndAsync(0);

            Assert.Equal("", verified.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Get(string name) => Assert.Single(s_settings[name]);
}
