using Akka.Actor;

namespace ActorPool.TestKit.Simulation;

/// <summary>Creates actors on the thread of a simulation.</summary>
/// <remarks>Actors that a test creates directly start on another thread.</remarks>
internal static class Stage
{
    /// <summary>The dispatcher of a simulation's actors; see <see cref="Loop"/>.</summary>
    public const string Dispatcher = "simulation-dispatcher";

    private static readonly string s_loop =
        $$"""{ type = Dispatcher, executor = "{{typeof(Loop.Configurator).AssemblyQualifiedName}}", throughput = 1000000 }""";

    /// <summary>The HOCON of a simulation's actor system.</summary>
    /// <param name="dispatchers">Further dispatchers of its actors.</param>
    public static string CreateConfig(params ReadOnlySpan<string> dispatchers)
    {
        var config = $$"""
            {{VirtualTime.Config}}
            akka {
              loglevel = OFF
              loggers = []
              stdout-loglevel = OFF
              log-dead-letters = off
              coordinated-shutdown {
                run-by-clr-shutdown-hook = off
                exit-clr = off
              }
            }
            {{Dispatcher}} {{s_loop}}
            """;
        foreach (var name in dispatchers)
            config += $"\n{name} {s_loop}";
        return config;
    }

    public static async Task<IActorRef> OpenAsync(ActorSystem system)
    {
        var stage = system.ActorOf(Props.Create(() => new StageActor()).WithDispatcher(Dispatcher));
        await stage.Ask<ActorIdentity>(new Identify(null)).ConfigureAwait(false);
        // The thread that started it may still be about to leave it; from then on it handles each message at once.
        var probe = new Probe();
        for (stage.Tell(probe); probe.Handled != Environment.CurrentManagedThreadId; stage.Tell(probe))
            await Task.Yield();
        return stage;
    }

    /// <param name="stage">The stage.</param>
    /// <param name="props">The actor.</param>
    /// <param name="name">Its name; null for a generated one.</param>
    public static IActorRef CreateActor(IActorRef stage, Props props, string? name = null)
    {
        var make = new Make(props, name);
        stage.Tell(make);
        return make.Made ?? throw new InvalidOperationException("The stage is busy.");
    }

    private sealed class Probe : INoSerializationVerificationNeeded
    {
        public int Handled { get; set; }
    }

    private sealed class Make(Props props, string? name) : INoSerializationVerificationNeeded
    {
        public Props Props => props;

        public string? Name => name;

        public IActorRef? Made { get; set; }
    }

    private sealed class StageActor : ReceiveActor
    {
        public StageActor()
        {
            Receive<Probe>(probe => probe.Handled = Environment.CurrentManagedThreadId);
            Receive<Make>(make => make.Made = Context.ActorOf(make.Props, make.Name));
            Receive<IActorRef>(Context.Stop);
        }
    }
}
