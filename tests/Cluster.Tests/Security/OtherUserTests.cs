using ActorPool.ClusterTests.Support;
using ActorPool.Diagnostics;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>Another user of the same machine, who has no certificate of this cluster.</summary>
public sealed class OtherUserTests : IAsyncLifetime
{
    private readonly DirectoryInfo _othersHome = Directory.CreateTempSubdirectory("other-user-");
    private ClusterNode _node = null!;

    public async Task InitializeAsync() => _node = await ClusterNode.StartSeedAsync(workers: 1);

    public Task DisposeAsync()
    {
        _node.Dispose();
        _othersHome.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Another_users_node_and_program_are_refused_with_a_line_in_the_log()
    {
        await using var pool = await _node.ConnectAsync(workers: 1);
        using var joining = NodeProcess.StartWith([$"XDG_DATA_HOME={_othersHome.FullName}"], ["--join", _node.Address]);
        using var submitting = NodeProcess.StartWith([$"XDG_DATA_HOME={_othersHome.FullName}"], ["demo", "--cluster", _node.Address]);

        await joining.CheckEndAsync(78);
        Assert.Contains("is not trusted", joining.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, await submitting.EndAsync());
        Assert.Contains("is not trusted", submitting.Error, StringComparison.Ordinal);

        Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(x => x + 1, Enumerable.Range(0, 100)).Within("a map", pool));
        Assert.Equal(1, pool.Workers);
        var warnings = _node.LogLines
            .Where(line => line.StartsWith("[WARNING]", StringComparison.Ordinal) || line.StartsWith("[ERROR]", StringComparison.Ordinal))
            .ToArray();
        // A caller refuses the node, too. One that closes its connection before the node has read its certificate leaves a line of Akka's.
        var ofAkka = warnings.Where(line => line.Contains(AkkaLines.RefusedCaller, StringComparison.Ordinal)).ToArray();
        Assert.InRange(ofAkka.Length, 0, 1);
        var withReason = warnings.Except(ofAkka, StringComparer.Ordinal).ToArray();
        Assert.InRange(withReason.Length, 1 - ofAkka.Length, 1);
        const string Reason = "refused: The certificate of [CN=localhost] is not trusted";
        Assert.All(withReason, line => Assert.True(line.Contains(Reason, StringComparison.Ordinal), line));
    }
}
