using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>Node's sockets that others have changed, and other users at them.</summary>
/// <remarks>Each test ends with the node's socket as it was, in use: so it was the change that kept a pool from it.</remarks>
[Collection(Alone.Name)]
public sealed class LocalSocketSecurityTests : IAsyncLifetime
{
    private const int Nobody = 65534;

    /// <summary>How long a false socket may keep a pool; the limit is 2 s.</summary>
    private static readonly TimeSpan s_maxStay = TimeSpan.FromSeconds(6);

    private ClusterNode _node = null!;
    private string _path = "";
    private string _directory = "";

    public async Task InitializeAsync()
    {
        _node = await ClusterNode.StartSeedAsync(workers: 1, "--config", Repository.Config("seed.conf"));
        _path = await DataPlaneView.ReadSocketPathAsync(_node.Process);
        _directory = Path.GetDirectoryName(_path)!;
    }

    public Task DisposeAsync()
    {
        _node.Dispose();
        return Task.CompletedTask;
    }

    [RootFact]
    public async Task A_socket_that_is_not_safely_the_users_own_is_not_used()
    {
        await CheckChangedAsync("chmod 0755 DIR", "chmod 0700 DIR");
        await CheckChangedAsync("chmod 0710 DIR", "chmod 0700 DIR");
        await CheckChangedAsync("chown 65534 DIR", "chown 0 DIR");
        await CheckChangedAsync("chown 65534 SOCKET", "chown 0 SOCKET");
        await CheckChangedAsync("mv DIR DIR-moved; ln -s DIR-moved DIR", "rm DIR; mv DIR-moved DIR");
        await CheckChangedAsync("mv SOCKET SOCKET-moved; ln -s SOCKET-moved SOCKET", "rm SOCKET; mv SOCKET-moved SOCKET");
        await CheckChangedAsync("mv SOCKET SOCKET-moved; touch SOCKET", "rm SOCKET; mv SOCKET-moved SOCKET");
        await CheckChangedAsync("mv DIR DIR-moved", "mv DIR-moved DIR");
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("garbage")]
    [InlineData("wrong proof")]
    [InlineData("another node")]
    [InlineData("full")]
    [InlineData("deserted")]
    public async Task What_does_not_answer_as_the_node_is_given_up_for_the_port_in_the_same_session(string kind)
    {
        await ChangeAsync("mv SOCKET SOCKET-moved");
        using (var false_ = new FalseSocket(_path, kind))
        {
            await CheckCallAsync(overTcp: 1, overSocket: 0);
            if (kind is "silent")
            {
                await Deadline.Until(() => false_.Stay is not null, "the pool to give up the socket");
                Assert.InRange(false_.Stay!.Value, TimeSpan.Zero, s_maxStay);
            }
        }
        await ChangeAsync("mv SOCKET-moved SOCKET");
        await CheckCallAsync(overTcp: 0, overSocket: 1);
    }

    [RootFact]
    public async Task Another_user_who_gets_to_the_socket_is_refused_at_once()
    {
        using (var stranger = RunAsNobody("s.connect(sys.argv[1])"))
        {
            Assert.NotEqual(0, await stranger.EndAsync());
            Assert.Contains("PermissionError", stranger.Error, StringComparison.Ordinal);
        }
        await ChangeAsync("chmod 0755 DIR; chmod 0755 DIR/..; chmod 0755 DIR/../..; chmod 0777 SOCKET");

        using (var stranger = RunAsNobody("s.connect(sys.argv[1]); print('answer', s.recv(100))"))
        {
            await stranger.CheckEndAsync(0);
            Assert.Contains("answer b''", stranger.Output, StringComparison.Ordinal);
        }
        var line = await _node.Process.AwaitAsync("was refused");
        Assert.Contains(
            $"[{_path}] was refused: The caller's process is of the user [{Nobody}], this one of [0]", line, StringComparison.Ordinal);

        await ChangeAsync("chmod 0700 DIR");
        await CheckCallAsync(overTcp: 0, overSocket: 1);
    }

    [RootFact]
    public async Task A_pool_sends_nothing_to_another_users_process_at_the_path()
    {
        await ChangeAsync("mv SOCKET SOCKET-moved; chmod 0777 DIR; chmod 0755 DIR/..; chmod 0755 DIR/../..");
        const string Listen = "s.bind(sys.argv[1]); s.listen(); print('listens', flush=True); print('got', s.accept()[0].recv(100))";
        using (var stranger = RunAsNobody(Listen))
        {
            await stranger.AwaitAsync("listens");
            await ChangeAsync("chown 0 SOCKET; chmod 0700 DIR");

            await CheckCallAsync(overTcp: 1, overSocket: 0);
            await stranger.CheckEndAsync(0);
            Assert.Contains("got b''", stranger.Output, StringComparison.Ordinal);
        }
        await ChangeAsync("mv SOCKET-moved SOCKET");
        await CheckCallAsync(overTcp: 0, overSocket: 1);
    }

    private async Task CheckChangedAsync(string change, string undo)
    {
        await ChangeAsync(change);
        await CheckCallAsync(overTcp: 1, overSocket: 0);
        await ChangeAsync(undo);
        await CheckCallAsync(overTcp: 0, overSocket: 1);
    }

    private async Task ChangeAsync(string commands)
    {
        foreach (var command in commands.Split(';'))
        {
            await Shell.RunAsync(command
                .Replace("SOCKET", _path, StringComparison.Ordinal).Replace("DIR", _directory, StringComparison.Ordinal));
        }
    }

    /// <summary>Checks that a new pool works over this connection, in one session.</summary>
    private async Task CheckCallAsync(int overTcp, int overSocket)
    {
        var sessions = CountSessions();
        await using (var pool = await _node.ConnectAsync(workers: 1))
        {
            Assert.Equal(3, await pool.ApplyAsync(x => x + 1, 2).Within("a call", pool));
            await DataPlaneView.AwaitConnectionsAsync(_node.Process, overTcp, overSocket);
            Assert.Equal(0, pool.Statistics.Lost);
        }
        await DataPlaneView.AwaitConnectionsAsync(_node.Process, overTcp: 0, overSocket: 0);
        await Deadline.Until(() => CountSessions() > sessions, "the node's log");
        Assert.Equal(sessions + 1, CountSessions());
    }

    private int CountSessions() => _node.LogLines.Count(line => line.Contains("] uses this node", StringComparison.Ordinal));

    /// <summary>Runs a line of Python as another user, with a Unix domain socket s.</summary>
    private NodeProcess RunAsNobody(string line) => NodeProcess.Run(
        "setpriv", $"--reuid={Nobody}", "--clear-groups", "env", "-i", "PATH=/usr/bin:/bin", "python3", "-c",
        $"import socket, sys\ns = socket.socket(socket.AF_UNIX)\ns.settimeout(60)\n{line}", _path);
}
