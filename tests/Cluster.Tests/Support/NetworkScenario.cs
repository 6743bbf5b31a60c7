using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Support;

/// <summary>A seed and two further nodes of two workers each, on separate hosts.</summary>
/// <remarks>The pool is in this process, which has another address of the network.</remarks>
/// <param name="output">The output of the test.</param>
/// <param name="slow">Whether the links can be given a <see cref="LinkQuality"/>.</param>
public abstract class NetworkScenario(ITestOutputHelper output, bool slow) : FaultScenario(output)
{
    private const int Hosts = 3;

    private Network? _network;

    private protected Network Network => _network ?? throw new InvalidOperationException("SetUpAsync has not created the network.");

    private protected IEnumerable<NetworkHost> AllHosts => Enumerable.Range(0, Hosts).Select(i => Network[i]);

    private protected override async Task SetUpAsync()
    {
        _network = await Network.StartAsync(Hosts, slow);
        Gate = new RemoteGate(_network.Address);
        await StartAsync(ClusterNode.StartOnAsync(_network[0], workers: 2, [], ["--seed", .. Flags]));
        for (var i = 1; i < Hosts; i++)
            await StartAsync(ClusterNode.StartOnAsync(_network[i], workers: 2, [], ["--join", Nodes[0].Address, .. Flags]));
        await WarmUpAsync(() => ConnectAsync());
    }

    private protected override async Task TearDownAsync()
    {
        try
        {
            await base.TearDownAsync();
        }
        finally
        {
            if (_network is not null)
                await _network.DisposeAsync();
        }
    }

    /// <summary>Connects a pool to all nodes.</summary>
    private protected Task<WorkerPool> ConnectAsync(string config = "") =>
        Nodes[0].ConnectAsync(workers: 2 * Hosts, new WorkerPoolOptions { Config = $"{Network.Config}\n{config}" });

    private protected async Task HealAllAsync()
    {
        foreach (var host in AllHosts)
            await host.HealAsync();
    }
}
