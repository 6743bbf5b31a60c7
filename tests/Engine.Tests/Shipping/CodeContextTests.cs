using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Tests.Support;
using CsCheck;

namespace ActorPool.Tests.Shipping;

public sealed class CodeContextTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-code-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_manifest_names_the_program_and_its_dependencies_but_nothing_that_nodes_have()
    {
        using var program = new ShippedProgram();
        var manifest = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"));
        Assert.Equal("Shipped, ShippedLib", string.Join(", ", manifest.Modules.Select(m => m.Name)));
        Assert.Equal([1], manifest.References[0]);
        Assert.Contains(manifest.Requirements, r => r.Name is "ActorPool");
        Assert.Equal(new FileInfo(Path.Combine(ShippedProgram.Folder, "Shipped.dll")).Length, manifest.Modules[0].Length);
    }

    [Fact]
    public async Task Types_of_every_form_travel_as_references()
    {
        using var program = new ShippedProgram();
        var account = program.Assembly.GetType("Shipped.Account")!;
        Type[] types =
        [
            typeof(int), typeof(string), typeof(int?), typeof((int, string)), typeof(int[]), typeof(int[,]),
            typeof(Dictionary<string, List<Guid[]>>), account, account.MakeArrayType(),
            typeof(KeyValuePair<,>).MakeGenericType(account, typeof(double)), typeof(List<>).MakeGenericType(account), typeof(WorkContext),
            typeof(ItemResult<>).MakeGenericType(account), typeof(DateTime), typeof(DayOfWeek), typeof(nint), typeof(object),
            typeof(Environment.SpecialFolder), typeof(ReadOnlyMemory<byte>),
        ];
        var manifest = await ShippedProgram.SendAsync(FunctionShipper.Describe(types, [], ShippedProgram.Serializer));
        var node = ShippedProgram.Node();
        ShippedProgram.Supply(node, manifest);
        var (resolved, _) = await node.ResolveAsync(manifest);
        Assert.Equal(string.Join("; ", types.Select(t => t.ToString())), string.Join("; ", resolved.Select(t => t.ToString())));
        Assert.NotSame(account, resolved[7]);
        Assert.Same(typeof(Dictionary<string, List<Guid[]>>), resolved[6]);
        node.Unload();
    }

    [Fact]
    public async Task Functions_that_share_a_closure_share_it_on_the_node()
    {
        var (first, second, total) = (2, 3, 0);
        Func<int, int> add = x => total += x * first;
        Func<int, int> read = x => total + second;
        var manifest = ShippedProgram.Describe(add, null, read, add);
        var (_, functions) = await ShippedProgram.Node().ResolveAsync(manifest);
        Assert.Null(functions[1]);
        Assert.Same(functions[0], functions[3]);
        Assert.Equal(10, ((Func<int, int>)functions[0]!)(5));
        Assert.Equal(13, ((Func<int, int>)functions[2]!)(0));
        Assert.Equal(0, total);
    }

    [Fact]
    public async Task The_operators_folder_is_used_before_modules_are_requested()
    {
        var function = ShippedProgram.Function("BesideAClient");
        var node = ShippedProgram.Node(
            new CodeContextOptions { Directory = new FunctionsDirectory(ShippedProgram.Folder), AllowShipping = false });
        var manifest = ShippedProgram.Describe(function);
        Assert.Empty(node.FindMissing(manifest));
        var (_, functions) = await node.ResolveAsync(manifest);
        Assert.Equal(function(5), ((Func<int, int>)functions[0]!)(5));
        node.Unload();
    }

    [Fact]
    public void A_file_that_is_added_to_the_folder_later_is_found()
    {
        var directory = new FunctionsDirectory(_folder.FullName);
        var mvid = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient")).Modules[0].Mvid;
        Assert.Null(directory.Find(mvid));
        File.WriteAllText(Path.Combine(_folder.FullName, "native.dll"), "no assembly");
        File.Copy(Path.Combine(ShippedProgram.Folder, "Shipped.dll"), Path.Combine(_folder.FullName, "Shipped.dll"));
        Assert.Equal(Path.Combine(_folder.FullName, "Shipped.dll"), directory.Find(mvid));
    }

    [Fact]
    public async Task Without_shipping_a_node_refuses_modules_that_it_lacks_and_names_the_setting()
    {
        var node = ShippedProgram.Node(new CodeContextOptions { AllowShipping = false });
        var error = Assert.Throws<FunctionNotShippableException>(
            () => node.FindMissing(ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"))));
        Assert.Contains("[Shipped ", error.Message, StringComparison.Ordinal);
        Assert.Contains("actorpool.cluster.code-shipping", error.Message, StringComparison.Ordinal);
        Assert.Contains("--functions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_differ_from_the_manifest_are_refused_before_anything_is_loaded()
    {
        var manifest = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"));
        var node = ShippedProgram.Node(new CodeContextOptions { MaxModuleBytes = 1024 * 1024 });
        var module = node.FindMissing(manifest)[0];
        var bytes = ModuleCatalog.Shared.GetBytes(module).ToArray();
        bytes[^100] ^= 1;
        Assert.Contains("SHA-256", Assert.Throws<InvalidDataException>(() => node.Add(module, bytes)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => node.Add(module, bytes.AsMemory(1)));
        Assert.Throws<FunctionNotShippableException>(() => node.Add(module, new byte[1024 * 1024 + 1]));
        bytes[^100] ^= 1;
        // Another MVID under the right hash.
        Assert.Contains(
            "MVID",
            Assert.Throws<InvalidDataException>(() => node.Add(module with { Mvid = Guid.NewGuid() }, bytes)).Message,
            StringComparison.Ordinal);
        // The right bytes, but not requested.
        Assert.Throws<InvalidDataException>(() => ShippedProgram.Node().Add(module, bytes));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await node.ResolveAsync(manifest));
        node.Add(module, bytes);
        node.Add(module, bytes);
        Assert.Equal("ShippedLib", Assert.Single(node.FindMissing(manifest)).Name);
    }

    [Fact]
    public void Two_builds_of_one_assembly_do_not_fit_into_one_context()
    {
        var manifest = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"));
        var node = ShippedProgram.Node();
        ShippedProgram.Supply(node, manifest);
        var (rebuilt, bytes) = Rebuild(manifest.Modules[0]);
        Assert.Equal([rebuilt], node.FindMissing(ReplaceFirst(manifest, rebuilt)));
        Assert.Contains(
            "another build",
            Assert.Throws<FunctionNotShippableException>(() => node.Add(rebuilt, bytes)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_nodes_own_assembly_with_another_MVID_is_not_used()
    {
        Func<int, int> own = x => x + 1;
        var manifest = ShippedProgram.Describe(own);
        var node = ShippedProgram.Node();
        Assert.Empty(node.FindMissing(manifest));
        var (rebuilt, _) = Rebuild(manifest.Modules[0]);
        Assert.Contains(rebuilt, ShippedProgram.Node().FindMissing(ReplaceFirst(manifest, rebuilt)));
    }

    [Fact]
    public void A_build_against_a_newer_engine_is_refused_with_both_versions()
    {
        var manifest = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"));
        var newer = new CodeManifest(
            manifest.Body, manifest.Modules, manifest.References, [new ModuleReference("ActorPool", new Version(99, 1, 0, 0))]);
        var error = Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Node().FindMissing(newer));
        Assert.Contains("ActorPool 99.1.0.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_without_a_file_cannot_be_sent()
    {
        var catalog = new ModuleCatalog();
        var bytes = File.ReadAllBytes(Path.Combine(ShippedProgram.Folder, "ShippedLib.dll"));
        var context = new AssemblyLoadContext("from memory", isCollectible: true);
        using var stream = new MemoryStream(bytes);
        var assembly = context.LoadFromStream(stream);
        Assert.Contains(
            "has no file",
            Assert.Throws<FunctionNotShippableException>(() => catalog.GetClosure(assembly)).Message,
            StringComparison.Ordinal);
        context.Unload();
    }

    [Fact]
    public void Only_described_modules_can_be_fetched()
    {
        var engine = new FileInfo(typeof(WorkerPool).Assembly.Location);
        var identity = new ModuleIdentity(
            "ActorPool", new Version(1, 0), typeof(WorkerPool).Module.ModuleVersionId, new string('0', 64), engine.Length);
        Assert.Throws<InvalidDataException>(() => ModuleCatalog.Shared.GetBytes(identity));
    }

    [Fact]
    public async Task A_module_cannot_pose_as_part_of_the_nodes_runtime()
    {
        Func<int, int> own = x => x + 1;
        var manifest = ShippedProgram.Describe(own);
        var core = typeof(object).Module;
        var posing = manifest.Modules[0] with { Name = "System.Private.CoreLib", Mvid = core.ModuleVersionId };
        await Assert.ThrowsAsync<InvalidDataException>(
            async () => await ShippedProgram.Node().ResolveAsync(ReplaceFirst(manifest, posing)));
    }

    [Fact]
    public async Task Contexts_and_assemblies_are_collected_after_unloading()
    {
        var (node, caller, assemblies) = await RunAndUnload();
        await WaitUntilCollected(node, "the node's context");
        await WaitUntilCollected(caller, "the caller's context");
        foreach (var assembly in assemblies)
            await WaitUntilCollected(assembly, "an assembly");
    }

    [Fact]
    public async Task After_unloading_nothing_is_resolved()
    {
        var manifest = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"));
        var node = ShippedProgram.Node();
        node.Unload();
        node.Unload();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await node.ResolveAsync(manifest));
    }

    [Fact]
    public async Task Arbitrary_bytes_are_refused_or_resolved_and_never_crash()
    {
        using var program = new ShippedProgram();
        var functions = program.Get<Dictionary<string, Func<int, int>>>("Functions");
        var manifest = ShippedProgram.Describe([.. functions.Values]);
        using var writer = new PayloadWriter();
        manifest.Write(writer);
        var bytes = writer.ToArray();
        var node = ShippedProgram.Node();
        ShippedProgram.Supply(node, manifest);
        var flips = Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Array[1, 4];
        await Gen.Select(flips, Gen.Int[0, 20]).SampleAsync(
            async (changes, cut) =>
            {
                var mutated = bytes.ToArray();
                foreach (var (at, value) in changes)
                    mutated[at] = value;
                await ResolveBytes(node, mutated.AsMemory(0, bytes.Length - Math.Max(0, cut - 15)));
                // Most changes of the whole manifest break its head: changes of only the body reach the references.
                var body = manifest.Body.ToArray();
                foreach (var (at, value) in changes)
                    body[at % body.Length] = value;
                await Resolve(node, new CodeManifest(body, manifest.Modules, manifest.References, manifest.Requirements));
            },
            iter: 3000);
        node.Unload();
    }

    private static Task WaitUntilCollected(WeakReference reference, string what) => Deadline.Until(
        () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !reference.IsAlive;
        },
        $"{what} unloads");

    private static async Task ResolveBytes(CodeContext node, ReadOnlyMemory<byte> bytes)
    {
        CodeManifest manifest;
        try
        {
            manifest = await CodeManifest.ReadAsync(new MemoryPayloadReader(bytes), default);
        }
        catch (InvalidDataException)
        {
            return;
        }
        await Resolve(node, manifest);
    }

    private static async Task Resolve(CodeContext node, CodeManifest manifest)
    {
        try
        {
            await node.ResolveAsync(manifest);
        }
        catch (Exception e) when (e is InvalidDataException or ActorPoolException)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(WeakReference Node, WeakReference Caller, List<WeakReference> Assemblies)> RunAndUnload()
    {
        using var program = new ShippedProgram();
        var node = ShippedProgram.Node();
        var assemblies = new List<WeakReference>();
        foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, int>>>("Functions"))
        {
            var shipped = await ShippedProgram.ShipAsync(node, function);
            Assert.True(function(5) == shipped(5), kind);
            if (!HostAssemblies.IsHost(shipped.Method.Module.Assembly))
                assemblies.Add(new WeakReference(shipped.Method.Module.Assembly));
        }
        foreach (var (kind, function) in program.Get<Dictionary<string, Func<int, CancellationToken, ValueTask<int>>>>("Awaited"))
        {
            var shipped = await ShippedProgram.ShipAsync(node, function);
            Assert.Equal(await function(5, default), await shipped(5, default).Within(kind));
        }
        assemblies.Add(new WeakReference(program.Assembly));
        var nodes = new WeakReference(AssemblyLoadContext.GetLoadContext((System.Reflection.Assembly)assemblies[0].Target!));
        var callers = new WeakReference(AssemblyLoadContext.GetLoadContext(program.Assembly));
        node.Unload();
        return (nodes, callers, assemblies);
    }

    private static CodeManifest ReplaceFirst(CodeManifest manifest, ModuleIdentity first) =>
        new(manifest.Body, [first, .. manifest.Modules.Skip(1)], manifest.References, manifest.Requirements);

    // The same assembly with another MVID, as if it were another build.
    private static (ModuleIdentity Identity, byte[] Bytes) Rebuild(ModuleIdentity module)
    {
        var bytes = ModuleCatalog.Shared.GetBytes(module).ToArray();
        var mvid = Guid.NewGuid();
        var at = bytes.AsSpan().IndexOf(module.Mvid.ToByteArray());
        mvid.TryWriteBytes(bytes.AsSpan(at));
        return (module with { Mvid = mvid, Sha256 = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes)) }, bytes);
    }
}
