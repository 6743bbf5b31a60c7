using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ActorPool.Configuration;
using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Doctor;

/// <summary>The command <c>doctor</c> of the built program, with real nodes.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly ActorPool.Tests.Security.Certificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_good_cluster_has_no_problem_and_each_node_is_checked()
    {
        await using var first = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("a node");
        var second = new PoolNodeOptions { Port = 0, Workers = 1, Join = [first.Address] };
        await using var other = await PoolNode.StartAsync(second).Within("a node");

        // Until both nodes name both members.
        var findings = await UntilAsync(["--cluster", first.Address], all => all.Exists(one => one is ("ok", "members", _, _)));

        Assert.DoesNotContain(findings, finding => finding.Level is "problem");
        foreach (var node in new[] { first.Address, other.Address })
        {
            var subjects = findings.Where(finding => string.Equals(finding.Node, node, StringComparison.Ordinal))
                .Select(finding => finding.Subject).Order(StringComparer.Ordinal);
            Assert.Equal(["clock", "control port", "cultures", "data port"], subjects, StringComparer.Ordinal);
        }
        Assert.Contains(findings, finding => finding is ("ok", "release", _, null));
        Assert.Contains(findings, finding => finding is ("ok", "cluster", "2 nodes.", null));
    }

    [Fact]
    public async Task Two_clusters_are_a_problem()
    {
        await using var first = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("a node");
        await using var other = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("a node");

        var (code, findings) = await RunAsync("--cluster", $"{first.Address},{other.Address}");

        Assert.Equal(1, code);
        var problem = Assert.Single(findings, finding => finding.Level is "problem");
        Assert.StartsWith("There are 2 clusters. ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_an_earlier_release_is_a_warning()
    {
        var options = new PoolNodeOptions
        {
            Port = 0,
            Workers = 1,
            Versions = new ProtocolVersions(Remoting.ControlProtocol.Supported.Control, new VersionRange(7, 7)),
        };
        await using var node = await PoolNode.StartAsync(options).Within("a node");

        var (code, findings) = await RunAsync("--cluster", node.Address);

        Assert.Equal(0, code);
        var warnings = findings.Where(finding => finding.Level is "warning").Select(finding => finding.Message);
        Assert.Contains(warnings, message => message.Contains("earlier release", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_absent_cluster_is_a_problem_if_it_was_named()
    {
        var (code, findings) = await RunAsync("--cluster", "127.0.0.1:1");

        Assert.Equal(1, code);
        Assert.Contains(findings, finding => finding is ("problem", "control port", _, "127.0.0.1:1"));
        Assert.Contains("No node of [127.0.0.1:1] can be reached", findings[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_an_address_is_a_problem()
    {
        var (code, findings) = await RunAsync("--cluster", "no-such-host.invalid:8110");

        Assert.Equal(1, code);
        Assert.Contains(findings, finding => finding is ("problem", "name", _, "no-such-host.invalid:8110"));
    }

    [Fact]
    public async Task A_port_in_use_is_a_problem_and_its_process_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var (code, findings) = await RunAsync("--port", $"{port}");

        Assert.Equal(1, code);
        var problem = Assert.Single(findings, finding => finding.Level is "problem");
        Assert.Contains($"127.0.0.1:{port} is in use by ", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_host_or_an_expired_one_is_a_problem()
    {
        var directory = _certificates.For("node7.example.org");

        var (code, findings) = await RunAsync("--certs", directory, "--host", "127.0.0.1", "--port", "0");
        var (expired, ofExpired) = await RunAsync("--certs", _certificates.IssueExpired("127.0.0.1"), "--port", "0");

        Assert.Equal((1, 1), (code, expired));
        var other = Assert.Single(findings, finding => finding.Level is "problem");
        Assert.Equal("certificate", other.Subject);
        Assert.Contains("node7.example.org", other.Message, StringComparison.Ordinal);
        Assert.Contains(ofExpired, finding => finding is ("problem", "certificate", _, _));
        Assert.Contains(ofExpired, finding => finding is ("warning", "cluster", _, _));
    }

    [Fact]
    public async Task Wrong_settings_are_a_problem_and_the_machine_is_checked_nevertheless()
    {
        using var doctor = NodeProcess.StartWith(["ACTORPOOL__WORKERS=many"], ["doctor", "--port", "0"]);

        await doctor.CheckEndAsync(1);

        Assert.Contains("problem  settings: actorpool.workers is [many]", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("resources: ", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_a_warning_with_advice()
    {
        using var doctor = NodeProcess.StartWith(["ACTORPOOL__CLUSTER__CODE_CACHE=/proc/none"], ["doctor", "--port", "0"]);

        await doctor.CheckEndAsync(0);

        Assert.Contains("warning  code cache: [/proc/none] cannot be written", doctor.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cluster", "nowhere")]
    [InlineData("--port", "70000")]
    [InlineData("--output", "xml")]
    public async Task Wrong_flags_are_refused(string flag, string value)
    {
        using var doctor = NodeProcess.Start("doctor", flag, value);

        await doctor.CheckEndAsync(2);

        Assert.Equal("", doctor.Output);
    }

    private static async Task<List<Line>> UntilAsync(string[] flags, Predicate<List<Line>> condition)
    {
        List<Line> findings = [];
        await Deadline.Until(async () => condition(findings = (await RunAsync(flags)).Findings), "the findings");
        return findings;
    }

    private static async Task<(int Code, List<Line> Findings)> RunAsync(params string[] flags)
    {
        using var doctor = NodeProcess.Start(["doctor", .. flags, "-o", "json"]);
        var code = await doctor.EndAsync();
        Assert.Equal("", doctor.Error);
        using var json = JsonDocument.Parse(doctor.Output);
        Assert.Equal(1, json.RootElement.GetProperty("version").GetInt32());
        return (code, [.. json.RootElement.GetProperty("findings").EnumerateArray().Select(finding => new Line(
            finding.GetProperty("level").GetString()!, finding.GetProperty("subject").GetString()!,
            finding.GetProperty("message").GetString()!, finding.GetProperty("node").GetString()))]);
    }

    private sealed record Line(string Level, string Subject, string Message, string? Node);
}
