using ActorPool.Benchmarks.Children;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace ActorPool.Benchmarks.Peers;

/// <summary>The work as a grain.</summary>
internal interface IWorkGrain : IGrainWithIntegerKey
{
    Task<long[]> SquareAsync([Immutable] int[] numbers);
    Task<double> SumAsync([Immutable] double[] block);
    Task<double[]> MakeAsync(int first);
    Task<int> EchoAsync(int number);
}

/// <summary>An Orleans client in this process, and a silo in a child.</summary>
/// <remarks>There is one grain for each worker; messages go to the grains in turn.</remarks>
internal sealed class OrleansPeer : IRemotePeer
{
    private readonly PeerProcess _child;
    private readonly IHost _host;
    private readonly IWorkGrain[] _grains;
    private int _turn;

    private OrleansPeer(PeerProcess child, IHost host, int workers)
    {
        _child = child;
        _host = host;
        var factory = host.Services.GetRequiredService<IGrainFactory>();
        _grains = [.. Enumerable.Range(0, workers).Select(i => factory.GetGrain<IWorkGrain>(i))];
    }

    public static async Task<IRemotePeer> StartAsync(int workers)
    {
        var (child, ports) = await OrleansChild.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client => client.UseLocalhostClustering(ports[0]));
        var host = builder.Build();
        await host.StartAsync();
        return new OrleansPeer(child, host, workers);
    }

    private IWorkGrain Next => _grains[Interlocked.Increment(ref _turn) % _grains.Length];

    public Task<long[]> SquareAsync(int[] numbers) => Next.SquareAsync(numbers);
    public Task<double> SumAsync(double[] block) => Next.SumAsync(block);
    public Task<double[]> MakeAsync(int first) => Next.MakeAsync(first);
    public Task<int> EchoAsync(int number) => Next.EchoAsync(number);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _child.DisposeAsync();
    }
}
