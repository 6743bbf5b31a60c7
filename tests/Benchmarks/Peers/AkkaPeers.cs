using Akka.Actor;
using Akka.Routing;

namespace ActorPool.Benchmarks.Peers;

/// <summary>A plain actor system as one would write it by hand: a router with default settings, and an actor that answers.</summary>
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

    /// <summary>Runs a body over a range and answers that it did.</summary>
    private sealed class RangeActor : ReceiveActor
    {
        public RangeActor() => Receive<RunRange>(OnRunRange);

        private void OnRunRange(RunRange work)
        {
            work.Body(work.From, work.To);
            Sender.Tell(work);
        }
    }

    /// <summary>Answers with what it got.</summary>
    private sealed class EchoActor : ReceiveActor
    {
        public EchoActor() => ReceiveAny(m => Sender.Tell(m));
    }
}

/// <summary>To a router's worker: run the body from one index to before another.</summary>
internal sealed record RunRange(Action<int, int> Body, int From, int To) : INoSerializationVerificationNeeded;

/// <summary>A few chunks for each worker, all asked at once; the workers write into the buffer.</summary>
internal sealed class AkkaChunksPeer(AkkaSystem akka) : IMapPeer
{
    private const int ChunksPerWorker = 4;

    public string Name => Names.AkkaChunks;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut> => Ranges.AskAsync(akka, work, Math.Max(1, work.Inputs.Length / (ChunksPerWorker * akka.Workers)));
}

/// <summary>A message and an Ask for every single item.</summary>
internal sealed class AkkaItemsPeer(AkkaSystem akka) : IMapPeer
{
    public string Name => Names.AkkaItems;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut> => Ranges.AskAsync(akka, work, 1);
}

/// <summary>Cuts a map into ranges for the router.</summary>
internal static class Ranges
{
    public static async Task<TOut[]> AskAsync<TIn, TOut>(AkkaSystem akka, MapWork<TIn, TOut> work, int size)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var (function, inputs, buffer) = (work.Function, work.Inputs, work.Buffer);
        var answers = new List<Task>((inputs.Length / size) + 1);
        for (var from = 0; from < inputs.Length; from += size)
            answers.Add(akka.Router.Ask<RunRange>(new RunRange(Body, from, Math.Min(inputs.Length, from + size))));
        await Task.WhenAll(answers);
        return buffer;

        void Body(int from, int to)
        {
            for (var i = from; i < to; i++)
                buffer[i] = function(inputs[i]);
        }
    }
}
