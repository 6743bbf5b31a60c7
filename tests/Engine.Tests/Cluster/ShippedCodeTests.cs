using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ActorPool.Tests.Shipping;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>Functions of a program whose assemblies the nodes lack.</summary>
/// <remarks>The assemblies come with the functions, and are unloaded after the last pool that used them.</remarks>
public sealed class ShippedCodeTests(LoopbackCluster cluster) : IClassFixture<LoopbackCluster>
{
    [Fact]
    public async Task All_kinds_of_functions_run_on_nodes_that_lack_their_assemblies()
    {
        using var program = new ShippedProgram();
        var functions = program.Get<Dictionary<string, Func<int, int>>>("Functions");
        await using var pool = await cluster.ConnectAsync();
        foreach (var (kind, function) in functions.Where(function => function.Key is not ("statics of its own" or "engine's types")))
        {
            var options = new JobOptions { ChunkSize = 3 };
            var results = await pool.MapAsync(function, Enumerable.Repeat(5, 20).ToArray(), options).Within(kind, pool);
            Assert.All(results, result => Assert.Equal(function(5), result));
        }
        foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, CancellationToken, ValueTask<int>>>>("Awaited"))
        {
            var expected = await function(5, CancellationToken.None);
            var results = await pool.MapAsync(function, Enumerable.Repeat(5, 20).ToArray()).Within(kind, pool);
            Assert.All(results, result => Assert.Equal(expected, result));
        }
    }

    [Fact]
    public async Task The_code_of_a_process_is_unloaded_after_its_last_pool()
    {
        await Deadline.Until(() => CountContextsAfterCollection() == 0, "the contexts of other tests to go");
        await RunAsync();

        await Deadline.Until(() => CountContextsAfterCollection() == 0, "the context of the pools to go");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task RunAsync()
    {
        using var program = new ShippedProgram();
        var first = await cluster.ConnectAsync();
        var second = await cluster.ConnectAsync();
        foreach (var pool in new[] { first, second })
        {
            foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, int>>>("Functions"))
            {
                await pool.MapAsync(function, Enumerable.Repeat(5, 20).ToArray()).Within(kind, pool);
                await pool.TryMapAsync(function, Enumerable.Repeat(5, 20).ToArray(), new JobOptions { Retries = 1 }).Within(kind, pool);
                await pool.StreamAsync(function, Enumerable.Repeat(5, 20)).ReadAll(kind, pool);
            }
        }
        Assert.True(CountContexts() > 0);

        await first.DisposeAsync();
        Assert.True(CountContexts() > 0); // the second pool uses it
        await second.DisposeAsync();
    }

    private static int CountContextsAfterCollection()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return CountContexts();
    }

    private static int CountContexts() =>
        AssemblyLoadContext.All.Count(context =>
            context.Name?.StartsWith("pool-process-", StringComparison.Ordinal) == true && context.Assemblies.Any());
}
