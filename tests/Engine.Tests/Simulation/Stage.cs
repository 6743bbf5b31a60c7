using Akka.Actor;

namespace ActorPool.Tests.Simulation;

/// <summary>Creates actors on the thread of the simulation.</summary>
/// <remarks>Actors that a test creates directly start on another thread.</remarks>
internal static class Stage
{
    public static async Task<IActorRef> OpenAsync(ActorSystem system)
    {
        var stage = system.ActorOf(Props.Create(() => new StageActor()).WithDispatcher(SimulatedNode.CallingThread));
        await stage.Ask<ActorIdentity>(new Identify(null)); // from now on it handles each message at once
        return stage;
    }

    public static IActorRef CreateActor(IActorRef stage, Props props)
    {
        var make = new Make(props);
        stage.Tell(make);
        return make.Made ?? throw new InvalidOperationException("The stage is busy.");
    }

    private sealed class Make(Props props) : INoSerializationVerificationNeeded
    {
        public Props Props => props;

        public IActorRef? Made { get; set; }
    }

    private sealed class StageActor : ReceiveActor
    {
        public StageActor()
        {
            Receive<Make>(make => make.Made = Context.ActorOf(make.Props));
            Receive<IActorRef>(Context.Stop);
        }
    }
}
