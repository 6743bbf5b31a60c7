using System.Text;
using ActorPool.Cluster;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace ActorPool.ClusterTests.Security;

/// <summary>Who has a certificate may run code by way of a pool, and nothing else: no message of Akka's harms a node.</summary>
public sealed class InsiderTests : IAsyncLifetime
{
    private static readonly string[] s_paths =
    [
        "/user/actorpool-agent", "/user/actorpool-downing", "/system/cluster/core/daemon", "/system/cluster/core/publisher", "/system/cluster/core", "/system/cluster/heartbeatReceiver", "/system/cluster",
        "/system/endpointManager", "/system/transports", "/system/remote-watcher", "/system/remoting-terminator", "/system/log1-StandardErrorLogger", "/user", "/system", "/remote", "/",
    ];

    private ClusterNode _node = null!;
    private HonestWork _work = null!;
    private Rogue _rogue = null!;

    public async Task InitializeAsync()
    {
        _node = await ClusterNode.StartSeedAsync(workers: 2);
        _work = await HonestWork.StartAsync(_node.Address);
        _rogue = Rogue.StartInsider();
        Assert.Equal([_node.Address], await _rogue.MembersOfAsync(_node.Address));
    }

    public async Task DisposeAsync()
    {
        using (_node)
        {
            await _rogue.DisposeAsync();
            await _work.DisposeAsync();
        }
    }

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

        await IsUnharmedAsync();
    }

    [Fact]
    public async Task A_pool_of_another_version_is_told_both()
    {
        _rogue.Tell(_rogue.AgentOf(_node.Address), new ControlProtocol.Enlist(Guid.NewGuid(), Guid.NewGuid(), "newer", ControlProtocol.Version + 1, "9.9.9"));

        var refused = Assert.IsType<ControlProtocol.Refused>(await _rogue.AnswerAsync());

        Assert.True(refused.IsFinal);
        Assert.Contains($"protocol {ControlProtocol.Version} (ActorPool", refused.Reason, StringComparison.Ordinal);
        Assert.EndsWith($"the pool protocol {ControlProtocol.Version + 1} (ActorPool 9.9.9): use one version everywhere", refused.Reason, StringComparison.Ordinal);
        await IsUnharmedAsync();
    }

    [Fact]
    public async Task A_pool_says_why_a_node_of_another_version_refuses_it()
    {
        await using var newer = Rogue.StartInsider(isVictim: true);
        newer.System.ActorOf(Props.Create(() => new NewerAgent()), ControlProtocol.AgentName);

        var error = await Assert.ThrowsAsync<NoWorkersException>(() => WorkerPool.ConnectAsync(newer.Address).Within("the refusal"));

        Assert.Contains($"[{newer.Address}] cannot be used: it speaks protocol 99: use one version everywhere", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Down")]
    [InlineData("Leave")]
    public async Task No_member_can_be_sent_away(string command)
    {
        var type = typeof(Akka.Cluster.Cluster).Assembly.GetType($"Akka.Cluster.ClusterUserAction+{command}", throwOnError: true)!;
        var message = Activator.CreateInstance(type, _rogue.AddressOf(_node.Address))!;

        _rogue.Tell(_rogue.Select(_node.Address, "/system/cluster/core/daemon"), message);
        _rogue.Tell(_rogue.At(_node.Address, "/system/cluster/core/daemon"), message);

        await IsUnharmedAsync();
    }

    /// <summary>A configuration that overflows the stack of whoever looks at it, and selections in each other, as deep as a frame allows.</summary>
    [Fact]
    public async Task No_message_is_too_deep_for_the_stack()
    {
        var agent = _rogue.AgentOf(_node.Address);
        _rogue.Tell(agent, new Raw.Misc("CF", "a = 1\na = ${a}2\n"u8.ToArray()));
        await IsUnharmedAsync();

        _rogue.Tell(agent, Raw.Selection.Nested(12_500));
        await IsUnharmedAsync();
    }

    /// <summary>One answer comes, to what is asked last.</summary>
    [Fact]
    public async Task No_actor_can_be_found()
    {
        foreach (var path in s_paths)
        {
            _rogue.Tell(_rogue.At(_node.Address, path), new Identify(path));
            _rogue.Tell(_rogue.Select(_node.Address, path), new Identify(path));
        }
        _rogue.Tell(_rogue.Select(_node.Address, "/user/*"), ControlProtocol.AskMembers.Instance);
        _rogue.Tell(_rogue.Select(_node.Address, "/user/nobody/../actorpool-agent"), ControlProtocol.AskMembers.Instance);

        await IsUnharmedAsync();
    }

    [Fact]
    public async Task What_nobody_reads_is_dropped_with_one_line_in_the_log()
    {
        var agent = _rogue.AgentOf(_node.Address);
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

        await IsUnharmedAsync();
        await _node.Process.AwaitAsync("Deserialization failed for message");
        var log = _node.Process.Error;
        Assert.Single(log.Split('\n'), line => line.Contains("Deserialization failed", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b", log, StringComparison.Ordinal);
        Assert.DoesNotContain("\nSTATUS", log, StringComparison.Ordinal);
    }

    private void Send(string message, string path)
    {
        var at = _rogue.At(_node.Address, path);
        var error = new InvalidOperationException("forged");
        switch (message)
        {
            case nameof(Kill):
                _rogue.Tell(at, Kill.Instance);
                _rogue.Tell(_rogue.Select(_node.Address, path), Kill.Instance);
                break;
            case nameof(PoisonPill):
                _rogue.Tell(at, PoisonPill.Instance);
                _rogue.Tell(_rogue.Select(_node.Address, path), PoisonPill.Instance);
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
                at.SendSystemMessage(new Failed(_rogue.AgentOf(_node.Address), error, uid: 0));
                break;
            default:
                at.SendSystemMessage(new DeathWatchNotification(_rogue.AgentOf(_node.Address), existenceConfirmed: true, addressTerminated: true));
                break;
        }
    }

    /// <summary>It has read what it was sent, computes, takes in another node, and its log is short.</summary>
    private async Task IsUnharmedAsync()
    {
        Assert.Equal([_node.Address], await _rogue.MembersOfAsync(_node.Address).Within("the agent's answer"));
        await _work.GoesOnAsync();
        using var next = await _node.StartNextAsync(workers: 1);
        await Deadline.Until(() => _work.Pool.Workers == 3, "the new node's worker", _work.Pool);
        await _work.GoesOnAsync();
        await next.SignalAsync("TERM");
        Assert.Equal(0, await next.Process.EndAsync());
        await Deadline.Until(() => _work.Pool.Workers == 2, "the new node to be gone", _work.Pool);
        Assert.InRange(_node.Process.Error.Split('\n').Length, 1, 20);
    }

    /// <summary>Takes no pool of this version.</summary>
    private sealed class NewerAgent : ReceiveActor
    {
        public NewerAgent() => Receive<ControlProtocol.Enlist>(enlist => Sender.Tell(new ControlProtocol.Refused(enlist.Session, "it speaks protocol 99: use one version everywhere", IsFinal: true)));
    }
}
