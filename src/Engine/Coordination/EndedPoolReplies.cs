using ActorPool.Jobs;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Coordination;

/// <summary>Answers requests that reach a coordinator after its end.</summary>
/// <remarks>
/// Akka turns them into dead letters, and an <c>Ask</c> without a timeout would wait forever. There is one for each actor system; it keeps
/// nothing of any pool, and answers also after the end of the system.
/// </remarks>
internal sealed class EndedPoolReplies : IExtension
{
    private EndedPoolReplies(ExtendedActorSystem system) =>
        system.EventStream.Subscribe(new DelegateRef(system, "actorpool-ended", Reply), typeof(DeadLetter));

    public static void StartFor(ActorSystem system) => system.WithExtension<EndedPoolReplies, Provider>();

    private static void Reply(object message)
    {
        if (message is not DeadLetter { Message: IJobRequest } letter || letter.Sender.IsNobody())
            return;
        var reason = $"The pool [{letter.Recipient.Path.Name}] has ended and takes no jobs. Create another pool.";
        letter.Sender.Tell(new Status.Failure(new PoolTerminatedException(reason)), ActorRefs.NoSender);
    }

    private sealed class Provider : ExtensionIdProvider<EndedPoolReplies>
    {
        public override EndedPoolReplies CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
