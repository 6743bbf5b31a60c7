using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>Functions that were written in Visual Basic.</summary>
public sealed class VisualBasicTests
{
    [Fact]
    public async Task Functions_of_all_kinds_run_on_a_node_that_lacks_their_assembly()
    {
        using var program = new ShippedProgram();
        var node = ShippedProgram.Node();
        var functions = Create<Dictionary<string, Func<int, int>>>(program, "All");
        Assert.True(functions.Count > 8);
        foreach (var (kind, function) in functions)
        {
            var shipped = await ShippedProgram.ShipAsync(node, function);
            Assert.True(function(5) == shipped(5), kind);
        }
        node.Unload();
    }

    [Fact]
    public async Task Only_the_variables_that_a_function_reads_travel()
    {
        using var program = new ShippedProgram();
        var node = ShippedProgram.Node();
        var shipped = await ShippedProgram.ShipAsync(node, Create<Func<int, int>>(program, "BesideAClient"));
        Assert.Equal(10, shipped(5));
        node.Unload();
    }

    [Fact]
    public void A_captured_variable_that_cannot_travel_is_refused_by_its_name_in_the_source()
    {
        using var program = new ShippedProgram();
        var function = Create<Func<int, int>>(program, "OverAClient");

        var error = Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Describe(function));

        Assert.Equal("client", error.Captured);
        Assert.Contains("[a lambda in Functions]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_static_variable_that_a_function_counts_in_is_found()
    {
        using var program = new ShippedProgram();
        var function = Create<Func<int, int>>(program, "Counting");

        var write = Assert.Single(FunctionWarnings.Find(function).SelectMany(warning => warning.Writes));

        Assert.Equal("[Functions.calls]", write.ToString());
    }

    private static T Create<T>(ShippedProgram program, string method) =>
        (T)program.Load("ShippedVisualBasic").GetType("ShippedVisualBasic.Functions", throwOnError: true)!
            .GetMethod(method)!.Invoke(null, null)!;
}
