using Akka.Actor;
using Akka.Routing;

namespace ActorPool.Benchmarks.Peers;

/// <summary>A plain hand-written actor system: a default router, and an actor that answers.</summary>
internal sealed class AkkaSystem : IAsyncDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("peers", "akka { loglevel = ERROR, stdout-loglevel = OFF }");

    public AkkaSystem(int workers)
    {
        Workers = workers;
        Router = _system.ActorOf(Props.Create<RangeActor>().WithRouter(new RoundRobinPool(workers)), "router");
        Echo = _system.ActorOf(Props.Create<EchoActor>(), "echo");
    }

    public int Workers { get; }
    public IActorRef Router { get; }
    public IActorRef Echo { get; }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    /// <summary>Runs a body over a range, and answers with the message.</summary>
    private sealed class RangeActor : ReceiveActor
    {
        public RangeActor() => Receive<RunRange>(OnRunRange);

        private void OnRunRange(RunRange work)
        {
            work.Body(work.From, work.To);
            Sender.Tell(work);
        }
    }

    /// <summary>Answers with the message.</summary>
    private sealed class EchoActor : ReceiveActor
    {
        public EchoActor() => ReceiveAny(m => Sender.Tell(m));
    }
}
