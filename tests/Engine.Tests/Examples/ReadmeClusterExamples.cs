using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace ActorPool.Tests.Examples;

/// <summary>The README's blocks about clusters, with <c>seed</c> instead of the README's address.</summary>
public sealed class ReadmeClusterExamples
{
    [Fact]
    public async Task A_cluster()
    {
        await using var first = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 2 });
        var seed = first.Address;

        await using var pool = await WorkerPool.ConnectAsync(seed);

        var factor = 3;
        int[] results = await pool.MapAsync(x => x * factor, Enumerable.Range(0, 1000));   // exact, in order

        Console.WriteLine($"{results.Length} results from {pool.Workers} workers");

        Assert.Equal(Enumerable.Range(0, 1000).Select(x => x * 3), results);
    }

    [Fact]
    public async Task A_service()
    {
        await using var first = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 2 });
        var seed = first.Address;

        var lending = new PoolNodeOptions { Workers = 2, Join = [seed], Port = 0 };
        await using var node = await PoolNode.StartAsync(lending);

        // A worker of this process, and those of all nodes.
        await using var here = await WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Workers = 1 });

        await here.MapAsync(x => x + 1, Enumerable.Range(0, 100));
        await node.LeaveAsync();                                             // before the service stops: drains, then leaves

        Assert.True(node.Completion.IsCompletedSuccessfully);
    }
}
