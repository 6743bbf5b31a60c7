using System.Text;
using ActorPool.ClusterTests.Support;
using ActorPool.Remoting;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace ActorPool.ClusterTests.Security;

/// <summary>Types that do harm when they are constructed.</summary>
/// <remarks>The node is in this process, so that it has the types. Each attack must work on plain Akka, and fail on the node.</remarks>
public sealed class GadgetTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bombs-");

    public void Dispose()
    {
        Mine.Fuse = null;
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("a type in JSON")]
    [InlineData("a type as a manifest")]
    [InlineData("an exception of a status")]
    [InlineData("an exception of a restart")]
    [InlineData("an actor to be deployed")]
    public async Task No_type_is_constructed_because_a_message_names_it(string attack)
    {
        await using (var rogue = Rogue.StartInsider())
        {
            await using var victim = Rogue.StartInsider(isVictim: true);
            victim.System.ActorOf<Idler>(ControlProtocol.AgentName);
            var fuse = Attack(rogue, victim.Address, attack);
            await Deadline.Until(() => File.Exists(fuse), $"{attack} to work on Akka");
        }
        await using (var rogue = Rogue.StartInsider())
        await using (var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }))
        {
            var fuse = Attack(rogue, node.Address, attack);
            Assert.Equal([node.Address], await rogue.GetMembersAsync(node.Address).Within("the agent's answer"));
            await using var pool = await WorkerPool.ConnectAsync(node.Address, ClusterNode.AddLongTimeout()).Within("the connection");
            Assert.Equal(4, await pool.ApplyAsync(x => x + 1, 3).Within("a call", pool));
            Assert.False(File.Exists(fuse), $"{attack} worked");
        }
    }

    private string Attack(Rogue rogue, string node, string attack)
    {
        var fuse = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        var agent = rogue.GetAgent(node);
        switch (attack)
        {
            case "a type in JSON":
                var json = $$"""{"$type":"{{GetTypeName<Bomb>()}}","Fuse":"{{fuse}}"}""";
                rogue.Tell(agent, new Raw.Json("", Encoding.UTF8.GetBytes(json)));
                break;
            case "a type as a manifest":
                Mine.Fuse = fuse;
                rogue.Tell(agent, new Raw.Proto(GetTypeName<Mine>(), []));
                break;
            case "an exception of a status":
                rogue.Tell(agent, new Status.Failure(new BombException(fuse)));
                break;
            case "an exception of a restart":
                agent.SendSystemMessage(new Recreate(new BombException(fuse)));
                break;
            default:
                var deploy = Deploy.None.WithScope(new RemoteScope(rogue.GetAkkaAddress(node)));
                rogue.System.ActorOf(Props.Create(() => new BombActor(fuse)).WithDeploy(deploy));
                break;
        }
        return fuse;
    }

    private static string GetTypeName<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    private sealed class Idler : ReceiveActor;
}
