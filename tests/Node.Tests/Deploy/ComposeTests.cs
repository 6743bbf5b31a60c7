using System.Net;
using ActorPool.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ActorPool.Node.Tests.Deploy;

/// <summary>The compose file, as far as a machine without containers can tell.</summary>
public sealed class ComposeTests : IDisposable
{
    private static readonly string[] s_nodes = ["seed", "node1", "node2"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("compose-");
    private readonly YamlMappingNode _file = DeployFiles.ReadYaml("compose.yaml")[0];

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string> Nodes => [.. s_nodes];

    [Theory]
    [MemberData(nameof(Nodes))]
    public void A_nodes_command_is_one_and_its_host_is_its_address(string name)
    {
        var service = _file.Get($"services.{name}");
        var command = service.Texts("command");

        DeployFiles.CheckCommand(command);
        var address = service.Text("networks.cluster.ipv4_address");
        Assert.Equal(address, After(command, "--host"));
        Assert.Equal($"/certs/{address}", After(command, "--certs"));
        Assert.True(IPNetwork.Parse(_file.List("networks.cluster.ipam.config")[0].Text("subnet")).Contains(IPAddress.Parse(address)));
        if (name is not "seed")
            Assert.Equal($"{_file.Text("services.seed.networks.cluster.ipv4_address")}:8110", After(command, "--join"));
        Assert.True(DeployFiles.ReadSeconds(service.Text("stop_grace_period")) > DeployFiles.TimeToEnd);
    }

    [Fact]
    public void There_are_three_nodes_and_what_makes_their_certificates() =>
        Assert.Equal(
            ["certs", .. s_nodes],
            ((YamlMappingNode)_file.Get("services")).Children.Keys.Select(key => ((YamlScalarNode)key).Value!), StringComparer.Ordinal);

    [Fact]
    public void The_image_is_built_from_the_container_file_of_this_folder()
    {
        var build = _file.Get("services.certs.build");
        var context = Path.GetFullPath(Path.Combine(DeployFiles.Folder, build.Text("context")));

        Assert.Equal(Repository.Root, context);
        Assert.True(File.Exists(Path.Combine(context, build.Text("dockerfile"))));
        Assert.All(s_nodes, name => Assert.Equal(_file.Text("services.certs.image"), _file.Text($"services.{name}.image")));
    }

    [Fact]
    public async Task The_script_makes_certificates_for_each_node_and_a_second_time_nothing()
    {
        var certs = _file.Get("services.certs");
        var script = DeployFiles.WithBuiltNode(certs.Texts("command")[0]).Replace("$$", "$", StringComparison.Ordinal)
            .Replace("cd /certs", $"cd {_folder.FullName}", StringComparison.Ordinal);
        var shell = certs.Texts("entrypoint");
        for (var run = 0; run < 2; run++)
        {
            using var process = NodeProcess.Run(shell[0], [.. shell.Skip(1), script]);
            await process.CheckEndAsync(0);
            Assert.Equal(run > 0, process.Output.Length == 0);
        }

        foreach (var name in s_nodes)
        {
            var address = _file.Text($"services.{name}.networks.cluster.ipv4_address");
            using var verified = NodeProcess.Start("certs", "verify", Path.Combine(_folder.FullName, address), "--host", address);
            await verified.CheckEndAsync(0);
        }
    }

    [Fact]
    public async Task The_health_check_is_good_when_the_node_is_ready_and_bad_without_one()
    {
        using var node = NodeProcess.Start("--seed", "--port", "0", "--http", "0");
        var url = new Uri((await node.AwaitAsync("Serving http://")).Split("Serving ")[1].Split("/livez")[0]);
        await node.AwaitAsync("next:");

        Assert.Equal(0, await CheckHealthAsync(url.Port));

        await node.SignalAsync("TERM");
        await node.CheckEndAsync(0);
        Assert.NotEqual(0, await CheckHealthAsync(url.Port));
    }

    private async Task<int> CheckHealthAsync(int port)
    {
        var test = _file.Texts("services.seed.healthcheck.test");
        Assert.Equal("CMD", test[0]);
        var script = test[^1].Replace("$$", "$", StringComparison.Ordinal).Replace("/9110", $"/{port}", StringComparison.Ordinal);
        using var check = NodeProcess.Run(test[1], [.. test.Skip(2).SkipLast(1), script]);
        return await check.EndAsync().Within("the health check");
    }

    private static string After(IReadOnlyList<string> command, string flag) => command[command.ToList().IndexOf(flag) + 1];
}
