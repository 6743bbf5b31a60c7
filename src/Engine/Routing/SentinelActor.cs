using ActorPool.Configuration;
using Akka.Actor;

namespace ActorPool.Routing;

/// <summary>Calls a delegate as soon as its parent is being stopped, by whatever means.</summary>
/// <remarks>
/// Akka stops an actor's children first, and calls the actor's PostStop when all of them have stopped. Workers stop when their functions
/// return, which may be never, but this child stops at once. No issue of Akka's is known; see docs/akka.md, Workarounds. Remove when an
/// actor is told of its stop before its children have stopped.
/// </remarks>
internal sealed class SentinelActor(Action onStop) : UntypedActor
{
    /// <param name="onStop">Called in this actor, so it must not use the parent's state.</param>
    public static Props PropsFor(Action onStop) =>
        Props.Create(() => new SentinelActor(onStop)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void OnReceive(object message) => Unhandled(message);

    protected override void PostStop() => onStop();
}
