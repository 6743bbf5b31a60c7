using Akka.Actor;

namespace ActorPool.ClusterTests.Security;

/// <summary>Goes off when it starts: writes a file.</summary>
public sealed class BombActor(string fuse) : ReceiveActor
{
    protected override void PreStart() => File.WriteAllText(fuse, "");
}
