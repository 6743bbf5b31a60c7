using System.Diagnostics;
using System.Reflection;
using ActorPool.Shipping;
using MessagePack;

namespace ActorPool.Tests.Shipping;

/// <summary>A node with code-shipping = off, and callers that name code not meant for them.</summary>
/// <remarks>All of that code is loaded: only the admission prevents its use.</remarks>
public sealed class CodeAdmissionTests : IDisposable
{
    private static readonly Assembly s_tests = typeof(CodeAdmissionTests).Assembly;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-functions-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Functions_of_the_folder_run()
    {
        var node = CreateNode(ShippedProgram.Folder);
        using var program = new ShippedProgram();
        foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, int>>>("Functions"))
        {
            if (!kind.StartsWith("framework's", StringComparison.Ordinal))
                Assert.Equal(function(5), (await ShippedProgram.ShipAsync(node, function))(5));
        }
        node.Unload();
    }

    // Methods of the framework, the engine, Akka, libraries of the engine, and of other assemblies in the process.
    [Fact]
    public async Task No_other_method_can_be_named_whatever_the_process_has_loaded()
    {
        var file = Path.Combine(_folder.FullName, "kept");
        await File.WriteAllTextAsync(file, "");
        await AssertRefusedAsync<Action<string>>(File.Delete, "[System.IO.File]");
        await AssertRefusedAsync<Func<string, Process>>(Process.Start!, "[System.Diagnostics.Process]");
        await AssertRefusedAsync<Action<string?>>(Environment.FailFast, "[System.Environment]");
        await AssertRefusedAsync<Func<int, int>>(Math.Abs, "[System.Math]");
        await AssertRefusedAsync<Func<string, Akka.Configuration.Config>>(
            Akka.Configuration.ConfigurationFactory.ParseString, "[Akka.Configuration.ConfigurationFactory]");
        await AssertRefusedAsync<Func<object?, string>>(Convert.ToString!, "[System.Convert]");
        await AssertRefusedAsync<Func<int, WorkerPool>>(Pools.Create, "[ActorPool.Tests.Shipping.CodeAdmissionTests+Pools]");
        await AssertRefusedAsync<Func<string, string>>(new Pools().Named, "[ActorPool.Tests.Shipping.CodeAdmissionTests+Pools]");
        await AssertRefusedAsync<Func<string, MessagePackSerializerOptions?, CancellationToken, byte[]>>(
            MessagePackSerializer.ConvertFromJson, "[MessagePack");
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_function_of_the_folder_cannot_capture_another_method() =>
        await AssertRefusedAsync(ShippedProgram.Function("Over", (Func<int, int>)Math.Abs), "[System.Math]");

    [Fact]
    public async Task Functions_cannot_run_on_objects_of_other_assemblies()
    {
        var captured = 3;
        await AssertRefusedAsync<Func<int, int>>(x => x + captured, "CodeAdmissionTests");
        // A method of the runtime on an object that overrides it.
        await AssertRefusedAsync<Func<string?>>(new Pools().ToString, "[ActorPool.Tests.Shipping.CodeAdmissionTests+Pools]");
    }

    [Fact]
    public async Task Types_of_other_assemblies_cannot_be_inputs()
    {
        var node = CreateNode(ShippedProgram.Folder);
        var manifest = await ShippedProgram.SendAsync(
            FunctionShipper.Describe([typeof(MessagePackSerializerOptions)], [], ShippedProgram.Serializer));
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(async () => await node.ResolveAsync(manifest));
        Assert.Contains(
            "[MessagePack.MessagePackSerializerOptions] is in the assembly [MessagePack]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_that_is_not_in_the_folder_is_missing()
    {
        File.Copy(Path.Combine(ShippedProgram.Folder, "Shipped.dll"), Path.Combine(_folder.FullName, "Shipped.dll"));
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(
            () => ShippedProgram.ShipAsync(CreateNode(_folder.FullName), ShippedProgram.Function("BesideAClient")));
        Assert.Contains("no module [ShippedLib ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_runs_functions_of_its_program_but_not_of_assemblies_that_the_program_references()
    {
        var node = ShippedProgram.Node(new CodeContextOptions { AllowShipping = false, Service = s_tests });
        var captured = 3;
        Assert.Equal(8, (await ShippedProgram.ShipAsync<Func<int, int>>(node, x => x + captured))(5));
        Assert.Equal("Pools", (await ShippedProgram.ShipAsync<Func<string?>>(node, new Pools().ToString))());
        // Types of a referenced assembly may be inputs, since its functions may take them; but its methods may not be called.
        var manifest = await ShippedProgram.SendAsync(FunctionShipper.Describe([typeof(CsCheck.Gen<int>)], [], ShippedProgram.Serializer));
        Assert.Equal([typeof(CsCheck.Gen<int>)], (await node.ResolveAsync(manifest)).Types);
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(
            () => ShippedProgram.ShipAsync<Func<int, CsCheck.Gen<int>>>(node, CsCheck.Gen.Const));
        Assert.Contains(
            "of [CsCheck]. They may call the assemblies in its directory of functions (--functions) and [Engine.Tests]",
            error.Message,
            StringComparison.Ordinal);
        await Assert.ThrowsAsync<FunctionNotShippableException>(() => ShippedProgram.ShipAsync<Action<string>>(node, File.Delete));
        Action<string>[] held = [File.Delete];
        var inside = await Assert.ThrowsAsync<PayloadException>(() => ShippedProgram.ShipAsync<Func<int>>(node, () => held.Length));
        Assert.Contains("[System.IO.File]", inside.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FunctionNotShippableException>(
            () => ShippedProgram.ShipAsync(node, ShippedProgram.Function("BesideAClient")));
    }

    private static CodeContext CreateNode(string folder) =>
        ShippedProgram.Node(new CodeContextOptions { AllowShipping = false, Directory = new FunctionsDirectory(folder) });

    private static async Task AssertRefusedAsync<T>(T function, string named) where T : Delegate
    {
        var node = CreateNode(ShippedProgram.Folder);
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(() => ShippedProgram.ShipAsync(node, function));
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
