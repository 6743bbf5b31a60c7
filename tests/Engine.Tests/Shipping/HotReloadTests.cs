using System.Reflection.Metadata;
using ActorPool.Jobs;
using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>Functions of a program that hot reload has changed.</summary>
public sealed class HotReloadTests
{
    [Fact]
    public void The_runtime_tells_the_engine_of_changes() =>
        Assert.Contains(
            typeof(WorkerPool).Assembly.GetCustomAttributes(typeof(MetadataUpdateHandlerAttribute), inherit: false),
            attribute => ((MetadataUpdateHandlerAttribute)attribute).HandlerType == typeof(HotReload));

    [Fact]
    public void A_function_of_a_changed_assembly_is_refused_also_if_it_was_sent_before()
    {
        var function = ShippedProgram.Function("BesideAClient");
        ShippedProgram.Describe(function);
        var library = ShippedProgram.Describe(function).Modules.Single(module => module.Name is "ShippedLib");
        var changed = new ShippedProgram();
        var type = changed.Load("ShippedLib").GetTypes()[0];
        Assert.Equal(library.Mvid, type.Module.ModuleVersionId);
        HotReload.UpdateApplication([type]);
        try
        {
            // The function's own assembly is as it was: one that it needs is not.
            var error = Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Describe(function));
            Assert.Contains("[ShippedLib]", error.Message, StringComparison.Ordinal);
            Assert.Contains("hot reload", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            HotReload.Forget(library.Mvid);
            changed.Dispose();
        }
        ShippedProgram.Describe(function);
    }

    [Fact]
    public void A_function_without_captures_is_refused_though_its_description_is_kept()
    {
        using var program = new ShippedProgram();
        var function = program.Get<Dictionary<string, Func<int, int>>>("Functions")["static lambda"];
        var (call, options) = (new ItemFunction<int, int>(function).Describe(), new JobOptions());
        Assert.True(StatelessCode.TryDescribe(call, typeof(int), options, ShippedProgram.Serializer, out var manifest));
        HotReload.UpdateApplication([program.Assembly.GetTypes()[0]]);
        try
        {
            Assert.Throws<FunctionNotShippableException>(
                () => StatelessCode.TryDescribe(call, typeof(int), options, ShippedProgram.Serializer, out _));
        }
        finally
        {
            HotReload.Forget(manifest.Modules[0].Mvid);
        }
        Assert.True(StatelessCode.TryDescribe(call, typeof(int), options, ShippedProgram.Serializer, out _));
    }
}
