using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ActorPool.Shipping;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Shipping;

/// <summary>Modules that a function loads by name on a node that lacks them.</summary>
public sealed class NamedModulesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-named-");
    private readonly List<CodeContext> _nodes = [];
    private readonly NativeFiles _natives;

    public NamedModulesTests() => _natives = new NativeFiles(Natives, long.MaxValue);

    private string Natives => Path.Combine(_folder.FullName, "native");

    public void Dispose()
    {
        foreach (var node in _nodes)
            node.Unload();
        _natives.Delete();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_assembly_that_is_loaded_by_name_comes_from_the_caller_and_is_asked_for_once()
    {
        var (node, source) = CreateNode();
        using var program = new ShippedProgram(); // its context must not be collected while it loads the assembly
        var function = program.Get<Func<int, int>>("OfAnAssemblyByName");
        var shipped = await ShippedProgram.ShipAsync(node, function);

        Assert.Equal(function(5), await OnAThread(() => shipped(5)));
        Assert.Equal(function(6), await OnAThread(() => shipped(6)));

        Assert.Equal("Assembly System.Orders", Assert.Single(source.Asked));
    }

    [Fact]
    public async Task A_name_that_the_program_does_not_have_is_not_found_and_asked_for_once()
    {
        var (node, source) = CreateNode();
        var find = await ShipFindTypeAsync(node);

        Assert.Null(await OnAThread(() => find("Nothing.At, Nothing.At.All")));
        Assert.Null(await OnAThread(() => find("Something.Else, Nothing.At.All")));
        Assert.Null(await OnAThread(() => find($"Nothing.At, {new string('x', 3000)}")));

        Assert.Equal("Assembly Nothing.At.All", Assert.Single(source.Asked));
    }

    [Fact]
    public async Task What_the_runtime_and_the_engine_have_is_not_asked_for()
    {
        var (node, source) = CreateNode();
        var find = await ShipFindTypeAsync(node);

        Assert.Equal("System.Text.Json.JsonDocument", await OnAThread(() => find("System.Text.Json.JsonDocument, System.Text.Json")));
        Assert.Equal("ActorPool.WorkerPool", await OnAThread(() => find("ActorPool.WorkerPool, ActorPool")));
        Assert.Equal("ShippedLib.Scale", await OnAThread(() => find("ShippedLib.Scale, ShippedLib")));

        Assert.Empty(source.Asked); // the last one came with the function
    }

    [Fact]
    public async Task A_program_that_may_send_no_code_is_not_asked()
    {
        var node = Track(ShippedProgram.Node(new CodeContextOptions
        {
            AllowShipping = false, Directory = new FunctionsDirectory(ShippedProgram.Folder),
        }));
        var source = new DirectSource(node, DirectSource.CreateCaller(_folder));
        node.Named.Add(source);
        var find = await ShipFindTypeAsync(node);

        Assert.Null(await OnAThread(() => find("ShippedOrders.Pricing, System.Orders")));

        Assert.Empty(source.Asked);
    }

    [Fact]
    public async Task The_thread_that_loads_waits_for_the_answer_and_others_for_the_same_one()
    {
        var gate = new TaskCompletionSource();
        var (node, source) = CreateNode(gate.Task);
        var shipped = await ShippedProgram.ShipAsync(node, ShippedProgram.Function("OfAnAssemblyByName"));

        var calls = Enumerable.Range(1, 4).Select(x => OnAThread(() => shipped(x))).ToArray();
        await Deadline.Until(() => !source.Asked.IsEmpty, "a question");
        Assert.All(calls, call => Assert.False(call.IsCompleted));
        gate.SetResult();

        var results = await Task.WhenAll(calls).Within("the calls");
        Assert.Equal([7, 14, 21, 28], results);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_an_error_and_asked_for_again()
    {
        var named = new NamedModules(limit: TimeSpan.FromMilliseconds(1));
        var gate = new TaskCompletionSource();
        var source = new DirectSource(Track(ShippedProgram.Node()), DirectSource.CreateCaller(_folder)) { Gate = gate.Task };
        named.Add(source);
        var query = new ModuleQuery(ModuleKind.Assembly, "Late");

        var error = await Assert.ThrowsAsync<FileLoadException>(() => OnAThread(() => named.Find(query)));
        Assert.Contains("[Late]", error.Message, StringComparison.Ordinal);
        gate.SetResult();
        await Deadline.Until(() => TryFind(named, query), "the answer");

        Assert.True(source.Asked.Count > 1);
    }

    [Fact]
    public async Task Another_pool_of_the_same_process_is_asked_when_one_has_ended()
    {
        var (node, source) = CreateNode(gate: null, before: new EndedSource());
        var shipped = await ShippedProgram.ShipAsync(node, ShippedProgram.Function("OfAnAssemblyByName"));

        Assert.Equal(35, await OnAThread(() => shipped(5)));

        Assert.Single(source.Asked);
    }

    [Fact]
    public async Task When_all_pools_have_ended_loading_fails_and_does_not_hang()
    {
        var named = new NamedModules();
        var query = new ModuleQuery(ModuleKind.Assembly, "Gone");
        Assert.Null(named.Find(query));
        named.Add(new EndedSource());

        var error = await Assert.ThrowsAsync<FileLoadException>(() => OnAThread(() => named.Find(query)));
        Assert.Contains("[Gone]", error.Message, StringComparison.Ordinal);
        Assert.Contains("has ended", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_loaded_by_name_is_collected_with_the_rest()
    {
        var loaded = await LoadAndUnloadAsync();

        await Deadline.Until(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !loaded.IsAlive;
            },
            "the assembly to be collected");
    }

    // Its answer would come through the connection that this task reads.
    [Fact]
    public async Task The_task_that_reads_a_connection_does_not_wait()
    {
        var (_, source) = CreateNode();
        var named = new NamedModules();
        named.Add(source);
        await Task.Run(async () =>
        {
            NamedModules.EnterReading();
            await Task.Yield();
            var error = Assert.Throws<FileLoadException>(() => named.Find(new ModuleQuery(ModuleKind.Assembly, "System.Orders")));
            Assert.Contains("Initializer", error.Message, StringComparison.Ordinal);
            Assert.Null(named.Find(new ModuleQuery(ModuleKind.Satellite, "de/Shipped.resources")));
        });
        Assert.Empty(source.Asked);
    }

    [Fact]
    public async Task A_native_library_comes_from_the_caller_and_is_loaded_from_a_private_folder()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var (node, source) = CreateNode();
        var load = await ShippedProgram.ShipAsync(node, GetFunction<Func<string, bool>>("LoadLibrary"));

        Assert.True(await OnAThread(() => load("sum")));
        Assert.False(await OnAThread(() => load("nothing-at-all")));
        Assert.False(await OnAThread(() => load("../app/libsum.so")));
        Assert.False(await OnAThread(() => load(Path.Combine(_folder.FullName, "none", "libsum.so"))));

        Assert.Equal("Native sum.so, Native nothing-at-all.so", string.Join(", ", source.Asked));
        var file = Assert.Single(Directory.EnumerateFiles(Natives, "libsum.so", SearchOption.AllDirectories));
        var folder = Path.GetDirectoryName(file)!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    private (CodeContext Node, DirectSource Source) CreateNode(Task? gate = null, IModuleSource? before = null)
    {
        var node = Track(ShippedProgram.Node(new CodeContextOptions { Natives = _natives }));
        var source = new DirectSource(node, DirectSource.CreateCaller(_folder)) { Gate = gate ?? Task.CompletedTask };
        if (before is not null)
            node.Named.Add(before);
        node.Named.Add(source);
        return (node, source);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> LoadAndUnloadAsync()
    {
        var node = ShippedProgram.Node();
        var source = new DirectSource(node, DirectSource.CreateCaller(_folder));
        node.Named.Add(source);
        var shipped = await ShippedProgram.ShipAsync(node, ShippedProgram.Function("OfAnAssemblyByName"));
        await OnAThread(() => shipped(5));
        var loaded = AssemblyLoadContext.GetLoadContext(shipped.Method.Module.Assembly)!.Assemblies
            .Single(assembly => assembly.GetName().Name is "System.Orders");
        node.Unload();
        return new WeakReference(loaded);
    }

    private CodeContext Track(CodeContext node)
    {
        _nodes.Add(node);
        return node;
    }

    private static T GetFunction<T>(string method) => new ShippedProgram().Get<T>(method);

    private static async Task<Func<string, string?>> ShipFindTypeAsync(CodeContext node) =>
        await ShippedProgram.ShipAsync(node, GetFunction<Func<string, string?>>("FindType"));

    // As on a worker: a thread that may wait.
    private static Task<T> OnAThread<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Within("a call");

    private static bool TryFind(NamedModules named, ModuleQuery query)
    {
        try
        {
            return named.Find(query) is null;
        }
        catch (FileLoadException)
        {
            return false;
        }
    }

    private sealed class EndedSource : IModuleSource
    {
        public Task<NamedModule?> FindAsync(ModuleQuery query) =>
            Task.FromException<NamedModule?>(new IOException("The session has ended."));
    }
}
