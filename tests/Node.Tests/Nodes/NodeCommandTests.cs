using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorPool.Node.Tests.Nodes;

/// <summary>The commands that start nodes, as processes.</summary>
public sealed class NodeCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("node");

    public void Dispose() => _folder.Delete(recursive: true);

    private static readonly Lazy<Task<(int ExitCode, string Output)>> s_help = new(async () =>
    {
        using var node = NodeProcess.Start("--help");
        return (await node.EndAsync(), node.Output);
    });

    [Theory]
    [InlineData("--seed")]
    [InlineData("--join <host:port[,host:port...]>")]
    [InlineData("--host")]
    [InlineData("[default: 8110 for --seed, 0 for --join]")]
    [InlineData("--workers")]
    [InlineData("--bind")]
    [InlineData("--data-port")]
    [InlineData("--public-data-port")]
    [InlineData("--functions")]
    [InlineData("--http <[ADDRESS:]PORT>")]
    [InlineData("--config")]
    public async Task Help_names_every_flag(string text)
    {
        var (exitCode, output) = await s_help.Value;

        Assert.Equal(0, exitCode);
        Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "--seed")]
    [InlineData("--join", "--join")]
    [InlineData("--join nowhere", "[nowhere] is not host:port")]
    [InlineData("--join 127.0.0.1:0", "1 to 65535")]
    [InlineData("--join akka.tcp://actorpool@127.0.0.1:8110", "Remove everything before the host")]
    [InlineData("--seed --port 65536", "--port is [65536]")]
    [InlineData("--seed --port some", "--port is [some]")]
    [InlineData("--seed --data-port 65536", "--data-port is [65536]")]
    [InlineData("--seed --public-port 0", "--public-port is [0]")]
    [InlineData("--seed --workers 0", "--workers is [0]")]
    [InlineData("--seed --no-such-flag", "--no-such-flag")]
    [InlineData("--seed nonsense", "nonsense")]
    [InlineData("no-such-command", "no-such-command")]
    public async Task Wrong_flags_are_refused_with_the_reason(string flags, string reason)
    {
        using var node = NodeProcess.Start(flags.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        await node.CheckEndAsync(2);

        Assert.Contains(reason, node.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Theory]
    [InlineData("0.0.0.0", "which is not one address or name of this machine. Set the one by which the others reach it")]
    [InlineData("0.0.0.0", "set actorpool.cluster.bind (--bind), for example to 0.0.0.0")]
    [InlineData("192.168.1.1", "which is not an address of the loopback interface, and there are no certificates for other machines")]
    [InlineData("192.168.1.1", "stay on this machine with 127.0.0.1 (or ::1); or make certificates with dotnet Node.dll certs init")]
    [InlineData("example.org", "which is not an address of the loopback interface, and there are no certificates for other machines")]
    [InlineData("::", "which is not one address or name of this machine")]
    public async Task An_address_that_others_could_reach_is_refused(string host, string reason)
    {
        using var node = NodeProcess.Start("--seed", "--port", "0", "--host", host);

        await node.CheckEndAsync(78);

        Assert.Contains($"--host is [{host}], which is not", node.Error, StringComparison.Ordinal);
        Assert.Contains(reason, node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Fact]
    public async Task A_missing_configuration_is_refused()
    {
        using var node = NodeProcess.Start("--seed", "--port", "0", "--config", "no-such.conf");

        await node.CheckEndAsync(78);

        Assert.Contains("no-such.conf", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_directory_of_functions_is_refused()
    {
        using var node = NodeProcess.Start("--seed", "--port", "0", "--functions", "/no/such/directory");

        await node.CheckEndAsync(78);

        Assert.Contains("--functions is [/no/such/directory]", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_file_and_variables_are_reported_together_with_their_places()
    {
        var file = Write("actorpool {\n  workers = many\n  cluster.drain-timeout = 1s\n  cluster.prefetsch = 2\n}\n");
        using var node = NodeProcess.StartWith(
            ["ACTORPOOL__CLUSTER__DOWN_AFTER=soon", "ACTORPOOL__CLUSTRE=1"], ["--seed", "--port", "0", "--config", file]);

        await node.CheckEndAsync(78);

        Assert.Contains($"actorpool.workers is [many] ({file}, line 2, column 3)", node.Error, StringComparison.Ordinal);
        Assert.Contains($"actorpool.cluster.prefetsch is an unknown key ({file}, line 4, column 3)", node.Error, StringComparison.Ordinal);
        Assert.Contains(
            "actorpool.cluster.down-after is [soon] (the variable ACTORPOOL__CLUSTER__DOWN_AFTER)", node.Error, StringComparison.Ordinal);
        Assert.Contains("actorpool.clustre is an unknown key (the variable ACTORPOOL__CLUSTRE)", node.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("PoolNodeOptions", node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Fact]
    public async Task Settings_that_Akka_refuses_are_refused()
    {
        var file = Write("akka.loglevel = DEBUG\nakka.actor.provider = nonsense");
        using var node = NodeProcess.Start("--seed", "--port", "0", "--config", file);

        await node.CheckEndAsync(78);

        Assert.Contains("nonsense", node.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("5", "", "", "5")]
    [InlineData("5", "6", "", "6")]
    [InlineData("", "6", "", "6")]
    [InlineData("5", "6", "7", "7")]
    [InlineData("", "", "7", "7")]
    public async Task Flags_override_variables_and_those_override_the_file(string inFile, string inVariable, string inFlag, string expected)
    {
        string[] file = inFile.Length > 0 ? ["--config", Write($"actorpool.workers = {inFile}")] : [];
        string[] variable = inVariable.Length > 0 ? [$"actorpool__Workers={inVariable}"] : [];
        string[] flag = inFlag.Length > 0 ? ["--workers", inFlag] : [];
        using var node = NodeProcess.StartWith(variable, ["--seed", "--port", "0", .. file, .. flag]);

        var workers = expected.Length > 0 ? expected : Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        Assert.EndsWith($" {workers}", await node.AwaitAsync("workers:"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_prints_its_address_who_may_connect_and_how_to_start_the_next_node()
    {
        using var node = NodeProcess.Start("--seed", "--port", "0", "--workers", "3", "--config", Repository.Config("seed.conf"));
        await node.AwaitAsync("next:");

        var address = Value(node, "control:");
        Assert.Matches(@"^127\.0\.0\.1:[1-9]\d*$", address);
        Assert.Matches(@"^127\.0\.0\.1:[1-9]\d*$", Value(node, "data:"));
        Assert.NotEqual(address, Value(node, "data:"), StringComparer.Ordinal);
        Assert.Matches(
            @"/actorpool-[^/]+/node\.sock, for pools of the user \S+ on this host, not encrypted$", Value(node, "socket:"));
        Assert.Equal("3", Value(node, "workers:"));
        Assert.StartsWith($"{node.Id}, of the user ", Value(node, "process:"), StringComparison.Ordinal);
        Assert.Contains(
            "mutual TLS with the development certificate: only processes of the user", Value(node, "security:"), StringComparison.Ordinal);
        Assert.Equal($"WorkerPool.ConnectAsync(\"{address}\")", Value(node, "program:"));
        Assert.Equal($"dotnet {Repository.Node} --join {address}", Value(node, "next:"));
        await node.SignalAsync("TERM");
        await node.CheckEndAsync(0);
        Assert.Equal("", node.Output);
    }

    [Theory]
    [InlineData("worker.conf")]
    [InlineData("tls.conf")]
    [InlineData("local.conf")]
    public async Task The_printed_command_starts_the_next_node(string config)
    {
        using var seed = NodeProcess.Start("--seed", "--port", "0");
        var command = await seed.AwaitAsync("next:");
        using var node = NodeProcess.Run("sh", "-c", $"exec {command.Split("next:")[1]} --config {Repository.Config(config)} --certs auto");

        await node.AwaitAsync($"Node in the cluster of {Value(seed, "control:")}, ready.");

        await node.AwaitAsync("next:");
        Assert.Equal(Value(seed, "next:"), Value(node, "next:"));
        Assert.Equal(Value(seed, "program:"), Value(node, "program:"));
        await node.SignalAsync("TERM");
        await node.CheckEndAsync(0);
        Assert.Contains("has left", node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        using var node = NodeProcess.Start("--seed", "--port", $"{port}");

        await node.CheckEndAsync(1);

        Assert.Contains($"Error: The node cannot listen on [127.0.0.1:{port}]", node.Error, StringComparison.Ordinal);
        Assert.Contains("--port", node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_node_that_finds_no_seed_says_so_and_ends_at_a_signal(string signal)
    {
        using var node = NodeProcess.Start("--join", "127.0.0.1:1");
        await node.AwaitAsync("No answer from 127.0.0.1:1 yet");
        Assert.Contains("(dotnet Node.dll --seed --port 1)", node.Error, StringComparison.Ordinal);

        await node.SignalAsync(signal);

        await node.CheckEndAsync(0);
        Assert.Contains("Stopped before", node.Error, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Fact]
    public async Task A_node_waits_for_a_seed_that_starts_later()
    {
        using var reserved = new Socket(SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = $"127.0.0.1:{((IPEndPoint)reserved.LocalEndPoint!).Port}";
        reserved.Dispose();
        using var node = NodeProcess.Start("--join", address);
        await node.AwaitAsync("No answer from");

        using var seed = NodeProcess.Start("--seed", "--port", address.Split(':')[1]);

        await node.AwaitAsync($"Node in the cluster of {address}, ready.");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_that_is_delivered_twice_at_once_is_one_request(string signal)
    {
        using var node = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0");

        await node.SignalAsync(signal);
        await node.SignalAsync(signal);

        await node.CheckEndAsync(0);
        Assert.Contains("has left", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dotnet_run_takes_the_same_flags()
    {
        using var run = NodeProcess.Run(
            "dotnet", "run", "--no-build", "-c", Repository.Configuration, "--project", Path.Combine(Repository.Root, "src", "Node"),
            "--", "--seed", "--port", "65536");
        using var node = NodeProcess.Start("--seed", "--port", "65536");

        await run.CheckEndAsync(2);
        await node.CheckEndAsync(2);
        Assert.Equal(node.Error, run.Error);
        Assert.Equal("", run.Output);
    }

    private string Write(string text)
    {
        var file = Path.Combine(_folder.FullName, "test.conf");
        File.WriteAllText(file, text);
        return file;
    }

    private static string Value(NodeProcess node, string name) =>
        node.Error.Split('\n').First(line => line.TrimStart().StartsWith(name, StringComparison.Ordinal)).Split(name)[1].Trim();
}
