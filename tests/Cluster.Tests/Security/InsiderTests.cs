using System.Text;
using ActorPool.ClusterTests.Support;
using ActorPool.Remoting;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace ActorPool.ClusterTests.Security;

/// <summary>Callers with a certificate can only run code through a pool.</summary>
/// <remarks>None of Akka's own messages harms a node.</remarks>
public sealed class InsiderTests(InsiderCluster cluster) : IClassFixture<InsiderCluster>, IAsyncLifetime
{
    private static readonly string[] s_paths =
    [
        "/user/actorpool-agent", "/user/actorpool-downing",
        "/system/cluster/core/daemon", "/system/cluster/core/publisher", "/system/cluster/core",
        "/system/cluster/heartbeatReceiver", "/system/cluster",
        "/system/endpointManager", "/system/transports", "/system/remote-watcher", "/system/remoting-terminator",
        "/system/log1-StandardErrorLogger", "/user", "/system", "/remote", "/",
    ];

    private Rogue _rogue = null!;
    private int _linesBefore;

    private ClusterNode Node => cluster.Node;

    private int LogLineCount => Node.LogLines.Count;

    public async Task InitializeAsync()
    {
        await cluster.BeginAsync();
        _rogue = Rogue.StartInsider();
        Assert.Equal([Node.Address], await _rogue.GetMembersAsync(Node.Address));
        _linesBefore = LogLineCount;
    }

    public async Task DisposeAsync() => await _rogue.DisposeAsync();

    [Theory]
    [InlineData(nameof(Kill))]
    [InlineData(nameof(PoisonPill))]
    [InlineData(nameof(Suspend))]
    [InlineData(nameof(Terminate))]
    [InlineData(nameof(Recreate))]
    [InlineData(nameof(Failed))]
    [InlineData(nameof(DeathWatchNotification))]
    public async Task No_actor_of_a_node_can_be_stopped_suspended_or_restarted(string message)
    {
        foreach (var path in s_paths)
            Send(message, path);

        await CheckUnharmedAsync();
    }

    [Fact]
    public async Task A_pool_of_another_version_is_told_both_versions()
    {
        var enlist = new ControlProtocol.Enlist(Guid.NewGuid(), Guid.NewGuid(), "newer", ControlProtocol.Version + 1, "9.9.9");
        _rogue.Tell(_rogue.GetAgent(Node.Address), enlist);

        var refused = Assert.IsType<ControlProtocol.Refused>(await _rogue.ReceiveAnswerAsync());

        Assert.True(refused.IsFinal);
        Assert.Contains($"protocol {ControlProtocol.Version} (ActorPool", refused.Reason, StringComparison.Ordinal);
        Assert.EndsWith(
            $"the pool protocol {ControlProtocol.Version + 1} (ActorPool 9.9.9): use one version everywhere",
            refused.Reason, StringComparison.Ordinal);
        await CheckUnharmedAsync();
    }

    [Fact]
    public async Task A_pool_says_why_a_node_of_another_version_refuses_it()
    {
        await using var newer = Rogue.StartInsider(isVictim: true);
        newer.System.ActorOf(Props.Create(() => new NewerAgent()), ControlProtocol.AgentName);

        var error = await Assert.ThrowsAsync<NoWorkersException>(() => WorkerPool.ConnectAsync(newer.Address).Within("the refusal"));

        Assert.Contains(
            $"[{newer.Address}] cannot be used: it speaks protocol 99: use one version everywhere",
            error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Down")]
    [InlineData("Leave")]
    public async Task No_member_can_be_made_to_leave(string command)
    {
        var type = typeof(Akka.Cluster.Cluster).Assembly.GetType($"Akka.Cluster.ClusterUserAction+{command}", throwOnError: true)!;
        var message = Activator.CreateInstance(type, _rogue.GetAkkaAddress(Node.Address))!;

        _rogue.Tell(_rogue.Select(Node.Address, "/system/cluster/core/daemon"), message);
        _rogue.Tell(_rogue.GetActor(Node.Address, "/system/cluster/core/daemon"), message);

        await CheckUnharmedAsync();
    }

    // A configuration that overflows the stack when it is resolved, and selections nested as deeply as a frame allows.
    [Fact]
    public async Task No_message_is_too_deep_for_the_stack()
    {
        var agent = _rogue.GetAgent(Node.Address);
        _rogue.Tell(agent, new Raw.Misc("CF", "a = 1\na = ${a}2\n"u8.ToArray()));
        await CheckUnharmedAsync();

        _rogue.Tell(agent, Raw.Selection.CreateNested(12_500));
        await CheckUnharmedAsync();
    }

    // Only the last question, of the final check, gets an answer.
    [Fact]
    public async Task No_actor_can_be_found()
    {
        foreach (var path in s_paths)
        {
            _rogue.Tell(_rogue.GetActor(Node.Address, path), new Identify(path));
            _rogue.Tell(_rogue.Select(Node.Address, path), new Identify(path));
        }
        _rogue.Tell(_rogue.Select(Node.Address, "/user/*"), ControlProtocol.GetMembers.Instance);
        _rogue.Tell(_rogue.Select(Node.Address, "/user/none/../actorpool-agent"), ControlProtocol.GetMembers.Instance);

        await CheckUnharmedAsync();
    }

    [Fact]
    public async Task Messages_that_no_one_reads_are_dropped_with_one_line_in_the_log()
    {
        await cluster.RestartAsync(); // its log has no such line yet
        var agent = _rogue.GetAgent(Node.Address);
        _linesBefore = LogLineCount;
        for (var i = 0; i < 50; i++)
        {
            var name = $"\u001b[31mreader{i}\nSTATUS: all is well";
            _rogue.Tell(agent, new Raw.Unknown(name, [1, 2, 3]));
            _rogue.Tell(agent, new Raw.Json(name, [1, 2, 3]));
            _rogue.Tell(agent, new Raw.Null(name, []));
            _rogue.Tell(agent, new Raw.Own(name, [1, 2, 3]));
            _rogue.Tell(agent, new Raw.Own("E", [1, 2, 3]));
            agent.SendSystemMessage(new Suspend());
            _rogue.Tell(agent, new Raw.Selection(name, Encoding.UTF8.GetBytes(name)));
        }

        await CheckUnharmedAsync();
        await Node.Process.AwaitAsync("Deserialization failed for message");
        var log = Node.Process.Error;
        Assert.Single(log.Split('\n'), line => line.Contains("Deserialization failed", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b", log, StringComparison.Ordinal);
        Assert.DoesNotContain("\nSTATUS", log, StringComparison.Ordinal);
    }

    private void Send(string message, string path)
    {
        var at = _rogue.GetActor(Node.Address, path);
        var error = new InvalidOperationException("forged");
        switch (message)
        {
            case nameof(Kill):
                _rogue.Tell(at, Kill.Instance);
                _rogue.Tell(_rogue.Select(Node.Address, path), Kill.Instance);
                break;
            case nameof(PoisonPill):
                _rogue.Tell(at, PoisonPill.Instance);
                _rogue.Tell(_rogue.Select(Node.Address, path), PoisonPill.Instance);
                break;
            case nameof(Suspend):
                at.SendSystemMessage(new Suspend());
                break;
            case nameof(Terminate):
                at.SendSystemMessage(new Terminate());
                break;
            case nameof(Recreate):
                at.SendSystemMessage(new Recreate(error));
                break;
            case nameof(Failed):
                at.SendSystemMessage(new Failed(_rogue.GetAgent(Node.Address), error, uid: 0));
                break;
            default:
                at.SendSystemMessage(
                    new DeathWatchNotification(_rogue.GetAgent(Node.Address), existenceConfirmed: true, addressTerminated: true));
                break;
        }
    }

    /// <summary>Checks that the node has read all messages, computes, accepts another node, and logged little.</summary>
    private async Task CheckUnharmedAsync()
    {
        Assert.Equal([Node.Address], await _rogue.GetMembersAsync(Node.Address).Within("the agent's answer"));
        var work = cluster.Work;
        await work.AwaitProgressAsync();
        var options = new PoolNodeOptions { Port = 0, Workers = 1, Join = [Node.Address] };
        await using (var next = await PoolNode.StartAsync(options).Within("the next node"))
        {
            await Deadline.Until(() => work.Pool.Workers == 3, "the new node's worker", work.Pool);
            await work.AwaitProgressAsync();
            await next.LeaveAsync().Within("the next node's leave");
        }
        await Deadline.Until(() => work.Pool.Workers == 2, "the new node to be gone", work.Pool);
        Assert.Equal([Node.Address], await _rogue.GetMembersAsync(Node.Address).Within("the agent's answer"));
        Assert.InRange(LogLineCount - _linesBefore, 0, 20);
        cluster.MarkUnharmed();
    }

    /// <summary>Refuses pools of this version.</summary>
    private sealed class NewerAgent : ReceiveActor
    {
        public NewerAgent() => Receive<ControlProtocol.Enlist>(enlist => Sender.Tell(
            new ControlProtocol.Refused(enlist.Session, "it speaks protocol 99: use one version everywhere", IsFinal: true)));
    }
}
