using System.Diagnostics;
using System.Reflection;
using ActorPool.Serialization;
using ActorPool.Shipping;
using MessagePack;

namespace ActorPool.Tests.Shipping;

/// <summary>A node with code-shipping = off, and callers who name code that was not meant for them. All of it is loaded: only the admission stands between.</summary>
public sealed class CodeAdmissionTests : IDisposable
{
    private static readonly Assembly s_tests = typeof(CodeAdmissionTests).Assembly;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-functions-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Functions_of_the_folder_run()
    {
        var node = NodeOver(ShippedProgram.Folder);
        using var program = new ShippedProgram();
        foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, int>>>("Functions"))
        {
            if (!kind.StartsWith("framework's", StringComparison.Ordinal))
                Assert.Equal(function(5), (await ShippedProgram.Ship(node, function))(5));
        }
        node.Unload();
    }

    /// <summary>The framework, the engine, Akka, libraries of the engine, and what else is in the process.</summary>
    [Fact]
    public async Task No_other_method_can_be_named_whatever_the_process_has_loaded()
    {
        var file = Path.Combine(_folder.FullName, "kept");
        await File.WriteAllTextAsync(file, "");
        await RefusedAsync<Action<string>>(File.Delete, "[System.IO.File]");
        await RefusedAsync<Func<string, Process>>(Process.Start!, "[System.Diagnostics.Process]");
        await RefusedAsync<Action<string?>>(Environment.FailFast, "[System.Environment]");
        await RefusedAsync<Func<int, int>>(Math.Abs, "[System.Math]");
        await RefusedAsync<Func<string, Akka.Configuration.Config>>(Akka.Configuration.ConfigurationFactory.ParseString, "[Akka.Configuration.ConfigurationFactory]");
        await RefusedAsync<Func<object?, string>>(Convert.ToString!, "[System.Convert]");
        await RefusedAsync<Func<int, WorkerPool>>(Pools.Create, "[ActorPool.Tests.Shipping.CodeAdmissionTests+Pools]");
        await RefusedAsync<Func<string, string>>(new Pools().Named, "[ActorPool.Tests.Shipping.CodeAdmissionTests+Pools]");
        await RefusedAsync<Func<string, MessagePackSerializerOptions?, CancellationToken, byte[]>>(MessagePackSerializer.ConvertFromJson, "[MessagePack");
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Nor_can_a_function_of_the_folder_be_given_one_as_a_captured_value() =>
        await RefusedAsync(ShippedProgram.Function("Over", (Func<int, int>)Math.Abs), "[System.Math]");

    [Fact]
    public async Task Nor_can_objects_of_other_assemblies_be_made_for_functions_to_run_on()
    {
        var captured = 3;
        await RefusedAsync<Func<int, int>>(x => x + captured, "CodeAdmissionTests");
        // A method of the runtime, and an object that overrides it.
        await RefusedAsync<Func<string?>>(new Pools().ToString, "[ActorPool.Tests.Shipping.CodeAdmissionTests+Pools]");
    }

    [Fact]
    public async Task Nor_can_their_types_be_inputs()
    {
        var node = NodeOver(ShippedProgram.Folder);
        var manifest = await ShippedProgram.Sent(FunctionShipper.Describe([typeof(MessagePackSerializerOptions)], [], ShippedProgram.Serializer));
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(async () => await node.ResolveAsync(manifest));
        Assert.Contains("[MessagePack.MessagePackSerializerOptions] is of [MessagePack]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_beside_the_folder_is_not_in_it()
    {
        File.Copy(Path.Combine(ShippedProgram.Folder, "Shipped.dll"), Path.Combine(_folder.FullName, "Shipped.dll"));
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(() => ShippedProgram.Ship(NodeOver(_folder.FullName), ShippedProgram.Function("BesideAClient")));
        Assert.Contains("no module [ShippedLib ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_runs_functions_of_its_own_program_and_of_nothing_that_this_refers_to()
    {
        var node = ShippedProgram.Node(new CodeContextOptions { AllowShipping = false, Service = s_tests });
        var captured = 3;
        Assert.Equal(8, (await ShippedProgram.Ship<Func<int, int>>(node, x => x + captured))(5));
        Assert.Equal("Pools", (await ShippedProgram.Ship<Func<string?>>(node, new Pools().ToString))());
        // As a type of inputs, as its functions may have it; but not to be called.
        var manifest = await ShippedProgram.Sent(FunctionShipper.Describe([typeof(CsCheck.Gen<int>)], [], ShippedProgram.Serializer));
        Assert.Equal([typeof(CsCheck.Gen<int>)], (await node.ResolveAsync(manifest)).Types);
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(() => ShippedProgram.Ship<Func<int, CsCheck.Gen<int>>>(node, CsCheck.Gen.Const));
        Assert.Contains("of [CsCheck] is not among what they may call: the assemblies in its directory of functions (--functions) and [Engine.Tests]", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FunctionNotShippableException>(() => ShippedProgram.Ship<Action<string>>(node, File.Delete));
        await Assert.ThrowsAsync<FunctionNotShippableException>(() => ShippedProgram.Ship(node, ShippedProgram.Function("BesideAClient")));
    }

    private static CodeContext NodeOver(string folder) => ShippedProgram.Node(new CodeContextOptions { AllowShipping = false, Directory = new FunctionsDirectory(folder) });

    private static async Task RefusedAsync<T>(T function, string named) where T : Delegate
    {
        var node = NodeOver(ShippedProgram.Folder);
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(() => ShippedProgram.Ship(node, function));
        Assert.Contains("actorpool.cluster.code-shipping = off", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    internal sealed class Pools
    {
        public static WorkerPool Create(int workers) => WorkerPool.Create(workers);

        public string Named(string name) => name + this;

        public override string ToString() => nameof(Pools);
    }
}
