using ActorPool.Benchmarks.Children;
using Akka.Actor;

namespace ActorPool.Benchmarks.Peers;

/// <summary>Two actor systems over Akka.Remote, with a router of workers in the other process.</summary>
/// <remarks>The serializer copies the bytes of the arrays.</remarks>
internal sealed class AkkaRemotePeer : IRemotePeer
{
    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(1);

    private readonly PeerProcess _child;
    private readonly ActorSystem _system;
    private readonly IActorRef _router;

    private AkkaRemotePeer(PeerProcess child, ActorSystem system, IActorRef router)
    {
        _child = child;
        _system = system;
        _router = router;
    }

    public static async Task<IRemotePeer> StartAsync(int workers)
    {
        var (child, ports) = await AkkaChild.StartAsync(workers);
        var system = AkkaChild.CreateSystem();
        return new AkkaRemotePeer(child, system, await AkkaChild.SelectRouter(system, ports[0]).ResolveOne(s_maxWait));
    }

    public async Task<long[]> SquareAsync(int[] numbers) => (long[])await AskAsync(RawOperation.Square, numbers);
    public async Task<double> SumAsync(double[] block) => ((double[])await AskAsync(RawOperation.Sum, block))[0];
    public async Task<double[]> MakeAsync(int first) => (double[])await AskAsync(RawOperation.Make, new[] { first });
    public async Task<int> EchoAsync(int number) => ((int[])await AskAsync(RawOperation.Echo, new[] { number }))[0];

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await _child.DisposeAsync();
    }

    private async Task<Array> AskAsync(RawOperation operation, Array items) =>
        (await _router.Ask<RawMessage>(new RawMessage(operation, items), s_maxWait)).Items;
}
