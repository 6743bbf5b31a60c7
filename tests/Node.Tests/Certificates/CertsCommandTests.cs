namespace ActorPool.Node.Tests.Certificates;

/// <summary>The command <c>certs</c>, as a user runs it.</summary>
public sealed class CertsCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("certs-");

    private string Authority => In("ca");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task An_authority_issues_certificates_that_are_good_for_their_hosts()
    {
        Assert.Contains("it stays on this machine", (await RunAsync(0, "init", "--out", Authority)).Output, StringComparison.Ordinal);
        var issued = await RunAsync(0, "issue", "10.0.0.5", "node5.example.org", "--ca", Authority, "--out", In("node5"), "--days", "90");
        Assert.Contains("--host 10.0.0.5 --certs DIR", issued.Output, StringComparison.Ordinal);

        var verified = await RunAsync(0, "verify", In("node5"), "--host", "node5.example.org");

        Assert.Contains("subject:  CN=10.0.0.5", verified.Output, StringComparison.Ordinal);
        Assert.Contains("hosts:    node5.example.org, 10.0.0.5", verified.Output, StringComparison.Ordinal);
        Assert.EndsWith("Good.\n", verified.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(In("node5"), "ca.key")));
    }

    [Fact]
    public async Task A_certificate_that_ends_soon_is_good_with_a_warning()
    {
        await RunAsync(0, "init", "--out", Authority);
        await RunAsync(0, "issue", "10.0.0.5", "--ca", Authority, "--out", In("node5"), "--days", "7");

        Assert.Contains("for less than 30 days", (await RunAsync(0, "verify", In("node5"))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_are_reported_and_nothing_is_overwritten()
    {
        await RunAsync(0, "init", "--out", Authority);
        var key = await File.ReadAllTextAsync(Path.Combine(Authority, "ca.key"));
        await AssertFailsAsync("--force: certificates issued before then become useless", "init", "--out", Authority);
        Assert.Equal(key, await File.ReadAllTextAsync(Path.Combine(Authority, "ca.key")));
        await AssertFailsAsync("There is no authority in", "issue", "10.0.0.5", "--ca", In("nowhere"), "--out", In("node5"));
        await AssertFailsAsync("is not a host's name or address", "issue", "http://node5", "--ca", Authority, "--out", In("node5"));
        await RunAsync(0, "issue", "10.0.0.5", "--ca", Authority, "--out", In("node5"));
        await AssertFailsAsync(
            "--force: the machine then has a new certificate", "issue", "10.0.0.5", "--ca", Authority, "--out", In("node5"));
        await AssertFailsAsync("is not for the host [10.0.0.9], but for 10.0.0.5", "verify", In("node5"), "--host", "10.0.0.9");
        await AssertFailsAsync("There is no directory", "verify", In("nowhere"));
        await RunAsync(0, "init", "--out", Authority, "--force");
        Assert.NotEqual(key, await File.ReadAllTextAsync(Path.Combine(Authority, "ca.key")), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_flag_that_does_not_exist_is_no_host_and_the_right_one_is_named()
    {
        var node = await RunAsync(2, "issue", "10.0.0.5", "--roles", "observe", "--ca", Authority, "--out", In("node5"));
        Assert.Contains("'--roles' was not matched. Did you mean one of the following?\n--role\n", node.Error, StringComparison.Ordinal);
        Assert.Contains("Unrecognized command or argument '--roles'.", node.Error, StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private static async Task AssertFailsAsync(string reason, params string[] arguments) =>
        Assert.Contains(reason, (await RunAsync(1, arguments)).Error, StringComparison.Ordinal);

    private static async Task<NodeProcess> RunAsync(int exitCode, params string[] arguments)
    {
        var node = NodeProcess.Start(["certs", .. arguments]);
        await node.CheckEndAsync(exitCode);
        return node;
    }
}
