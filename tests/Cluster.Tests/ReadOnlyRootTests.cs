using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Security;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Nodes that can write nowhere, as in containers with a read-only root.</summary>
public sealed class ReadOnlyRootTests : IDisposable
{
    private readonly Certificates _certificates = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("read-only-");

    private readonly string _directory;

    public ReadOnlyRootTests() => _directory = _certificates.For("127.0.0.1");

    public void Dispose()
    {
        _certificates.Dispose();
        _folder.Delete(recursive: true);
    }

    [ReadOnlyRootFact]
    public async Task A_node_that_can_write_nowhere_runs_functions_and_says_how_to_get_its_socket()
    {
        using var node = Start(writable: "", []);

        await CheckMapAsync(node);
        Assert.Contains("Set the variable TMPDIR to a directory that can be written", node.Error, StringComparison.Ordinal);
    }

    [ReadOnlyRootFact]
    public async Task A_node_with_worker_processes_says_at_its_start_that_they_need_a_directory()
    {
        using var node = Start(writable: "", [], "--isolation", "process");

        await node.CheckEndAsync(1);

        Assert.Contains("Set the variable TMPDIR to a directory that can be written", node.Error, StringComparison.Ordinal);
    }

    [ReadOnlyRootFact]
    public async Task A_directory_for_temporary_files_is_all_that_it_needs()
    {
        using var node = Start(_folder.FullName, [$"TMPDIR={_folder.FullName}"], "--isolation", "process");

        await CheckMapAsync(node);
        Assert.DoesNotContain("WARNING", node.Error, StringComparison.Ordinal);
    }

    [ReadOnlyRootFact]
    public async Task Without_certificates_the_message_says_what_to_set()
    {
        string[] prefix = [.. ReadOnlyRoot.CreatePrefix(""), "env", "HOME=/none", "XDG_DATA_HOME=/none"];
        using var node = NodeProcess.StartWith([], ["--seed", "--port", "0"], prefix);

        await node.CheckEndAsync(78);

        Assert.Contains("--certs", node.Error, StringComparison.Ordinal);
        Assert.Contains("XDG_DATA_HOME", node.Error, StringComparison.Ordinal);
    }

    private NodeProcess Start(string writable, string[] environment, params string[] flags) => NodeProcess.StartWith(
        environment, ["--seed", "--port", "0", "--workers", "1", "--certs", _directory, .. flags],
        ReadOnlyRoot.CreatePrefix(writable));

    private async Task CheckMapAsync(NodeProcess node)
    {
        var control = await node.AwaitAsync("control:");
        var options = new WorkerPoolOptions
        {
            Config = $"actorpool.cluster.tls.certificates = \"{_directory}\"",
        };
        await using var pool = await WorkerPool.ConnectAsync(control[(control.LastIndexOf(' ') + 1)..], options).Within("the connection");
        var results = await pool.MapAsync(x => x + 1, [1, 2, 3]).Within("the map", pool);
        Assert.Equal([2, 3, 4], results);
    }
}
