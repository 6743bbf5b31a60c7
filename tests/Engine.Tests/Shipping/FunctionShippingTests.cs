using ActorPool.Jobs;
using ActorPool.Shipping;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Shipping;

public sealed class FunctionShippingTests
{
    [Fact]
    public async Task Every_kind_of_function_gives_the_callers_results_on_a_node_that_lacks_its_assemblies()
    {
        using var program = new ShippedProgram();
        var node = ShippedProgram.Node();
        var functions = program.Get<Dictionary<string, Func<int, int>>>("Functions");
        Assert.True(functions.Count >= 25);
        foreach (var (kind, function) in functions)
        {
            var shipped = await ShippedProgram.ShipAsync(node, function);
            if (kind is not "framework's method")
                Assert.NotSame(function.Method.Module, shipped.Method.Module);
            Assert.True(function(5) == shipped(5), kind);
        }
        node.Unload();
    }

    [Fact]
    public async Task Every_kind_of_awaited_function_gives_the_callers_results()
    {
        using var program = new ShippedProgram();
        var node = ShippedProgram.Node();
        foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, CancellationToken, ValueTask<int>>>>("Awaited"))
        {
            var shipped = await ShippedProgram.ShipAsync(node, function);
            Assert.NotSame(function.Method.Module, shipped.Method.Module);
            Assert.Equal(await function(5, default).Within(kind), await shipped(5, default).Within(kind));
        }
        node.Unload();
    }

    [Fact]
    public async Task Every_kind_of_function_that_returns_a_task_is_sent_as_its_caller_wrote_it()
    {
        using var program = new ShippedProgram();
        var node = ShippedProgram.Node();
        foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, Task<int>>>>("Tasks"))
        {
            var shipped = await ShipDescribedAsync(node, CallFactory.MapAsync(function), function);
            Assert.Equal(await function(5).Within(kind), await shipped(5).Within(kind));
        }
        foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, ValueTask<int>>>>("ValueTasks"))
        {
            var shipped = await ShipDescribedAsync(node, CallFactory.MapAsync(function), function);
            Assert.Equal(await function(5).Within(kind), await shipped(5).Within(kind));
        }
        node.Unload();
    }

    /// <summary>Ships what a call describes, which must be the caller's own delegate.</summary>
    private static Task<T> ShipDescribedAsync<T>(CodeContext node, AsyncItemFunction<int, int> call, T function) where T : Delegate
    {
        var described = Assert.IsType<T>(Assert.Single(call.Describe().Functions));
        Assert.Same(function, described);
        return ShippedProgram.ShipAsync(node, described);
    }

    [Fact]
    public async Task A_captured_broadcast_travels_as_its_handle()
    {
        var broadcast = new Broadcast<int[]>(Guid.NewGuid(), new int[1_000_000]);
        Func<int, int> function = x => x + broadcast.Value.Length;
        var manifest = ShippedProgram.Describe(function);
        Assert.InRange(manifest.Body.Length, 1, 1000);
        var node = ShippedProgram.Node();
        int[] there = [1, 2, 3];
        node.Serializer.Broadcasts.Add(broadcast.Id, there, owner: this);
        var (_, functions) = await node.ResolveAsync(manifest);
        Assert.Equal(8, ((Func<int, int>)functions[0]!)(5));
    }

    [Fact]
    public async Task In_the_same_process_a_function_of_the_nodes_own_module_is_used_as_it_is()
    {
        var factor = 4;
        Func<int, int> function = x => x * factor;
        var node = ShippedProgram.Node();
        var shipped = await ShippedProgram.ShipAsync(node, function);
        Assert.Equal(20, shipped(5));
        Assert.Same(function.Method.Module, shipped.Method.Module);
        Assert.NotSame(function.Target, shipped.Target);
    }
}
