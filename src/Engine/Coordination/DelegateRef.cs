using Akka.Actor;

namespace ActorPool.Coordination;

/// <summary>Calls a delegate with each message, on the thread that sends it.</summary>
/// <remarks>It has no mailbox and no end; the delegate must be quick, and safe for any thread.</remarks>
#pragma warning disable MA0097 // references are compared by path; Akka's class has no operators for that either
internal sealed class DelegateRef(ExtendedActorSystem system, string name, Action<object> receive) : MinimalActorRef
#pragma warning restore MA0097
{
    public override ActorPath Path { get; } = system.Guardian.Path / name;

    public override IActorRefProvider Provider => system.Provider;

    protected override void TellInternal(object message, IActorRef sender) => receive(message);
}
