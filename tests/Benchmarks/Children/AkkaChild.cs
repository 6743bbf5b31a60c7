using System.Globalization;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;
using Akka.Actor;
using Akka.Routing;

namespace ActorPool.Benchmarks.Children;

/// <summary>The remote end of the Akka.Remote peer: a router of workers.</summary>
internal static class AkkaChild
{
    public const string Name = "serve-akka";

    // Frames for messages of 1 MiB, and buffers for a few of them; larger ones are no faster.
    private const string Config = """
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          actor {
            provider = remote
            serializers.raw = "ActorPool.Benchmarks.Peers.RawSerializer, Benchmarks"
            serialization-bindings { "ActorPool.Benchmarks.Peers.RawMessage, Benchmarks" = raw }
          }
          remote.dot-netty.tcp {
            hostname = 127.0.0.1
            port = 0
            maximum-frame-size = 4MiB
            send-buffer-size = 8MiB
            receive-buffer-size = 8MiB
          }
        }
        """;

    public static Task<(PeerProcess Child, int[] Ports)> StartAsync(int workers) =>
        ChildProcess.ServeAsync(Name, workers.ToString(CultureInfo.InvariantCulture));

    public static ActorSystem CreateSystem() => ActorSystem.Create("raw", Config);

    public static ActorSelection SelectRouter(ActorSystem system, int port) =>
        system.ActorSelection(string.Create(CultureInfo.InvariantCulture, $"akka.tcp://raw@127.0.0.1:{port}/user/router"));

    public static async Task ServeAsync(string[] arguments)
    {
        using var system = CreateSystem();
        var workers = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        system.ActorOf(Props.Create<RawWorker>().WithRouter(new RoundRobinPool(workers)), "router");
        ChildProcess.ServeUntilInputEnds(((ExtendedActorSystem)system).Provider.DefaultAddress.Port!.Value);
        await system.Terminate();
    }

    private sealed class RawWorker : ReceiveActor
    {
        public RawWorker() => Receive<RawMessage>(message => Sender.Tell(message with { Items = GetAnswer(message) }));

        private static Array GetAnswer(RawMessage message) => message.Operation switch
        {
            RawOperation.Square => Array.ConvertAll((int[])message.Items, static x => WorkloadFunctions.Square(x)),
            RawOperation.Sum => new[] { Blocks.Sum((double[])message.Items) },
            RawOperation.Make => Blocks.Make(((int[])message.Items)[0]),
            _ => message.Items,
        };
    }
}
