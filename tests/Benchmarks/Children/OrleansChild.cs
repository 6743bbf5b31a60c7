using System.Net;
using System.Net.Sockets;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;
using Microsoft.Extensions.Hosting;

namespace ActorPool.Benchmarks.Children;

/// <summary>The remote end of the Orleans peer: a silo.</summary>
internal static class OrleansChild
{
    public const string Name = "serve-orleans";

    public static Task<(PeerProcess Child, int[] Ports)> StartAsync() => ChildProcess.ServeAsync(Name);

    public static async Task ServeAsync()
    {
        var (silo, gateway) = (FindFreePort(), FindFreePort());
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(orleans => orleans.UseLocalhostClustering(silo, gateway));
        using var host = builder.Build();
        await host.StartAsync();
        ChildProcess.ServeUntilInputEnds(gateway);
        await host.StopAsync();
    }

    // Orleans does not accept port 0.
    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

internal sealed class WorkGrain : Grain, IWorkGrain
{
    public Task<long[]> SquareAsync(int[] numbers) => Task.FromResult(Array.ConvertAll(numbers, static x => WorkloadFunctions.Square(x)));
    public Task<double> SumAsync(double[] block) => Task.FromResult(Blocks.Sum(block));
    public Task<double[]> MakeAsync(int first) => Task.FromResult(Blocks.Make(first));
    public Task<int> EchoAsync(int number) => Task.FromResult(number);
}
