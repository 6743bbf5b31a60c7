using System.Reflection;
using System.Runtime.Loader;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>A user's program on the caller's side, loaded from its files into its own context.</summary>
/// <remarks>The tests' default context stands for the node and does not have the program.</remarks>
internal sealed class ShippedProgram : IDisposable
{
    private readonly ProgramContext _context = new();
    private readonly Type _program;

    public ShippedProgram() =>
        _program = _context.LoadFromAssemblyPath(Path.Combine(Folder, "Shipped.dll")).GetType("Shipped.Program", throwOnError: true)!;

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "shipped");

    /// <summary>A new serializer for each use, since it keeps the types that it has seen.</summary>
    public static PayloadSerializer Serializer => new(new PayloadLimits(), LoadedModules.Instance);

    public Assembly Assembly => _program.Assembly;

    public static Func<int, int> Function(string method, params object[] arguments)
    {
        var program = new ShippedProgram();
        return (Func<int, int>)program._program.GetMethod(method)!.Invoke(null, arguments)!;
    }

    /// <summary>Loads another assembly of the program's folder.</summary>
    public Assembly Load(string name) => _context.LoadFromAssemblyName(new AssemblyName(name));

    public T Get<T>(string method) => (T)_program.GetMethod(method)!.Invoke(null, null)!;

    public static CodeManifest Describe(params Delegate?[] functions) => FunctionShipper.Describe([], functions, Serializer);

    /// <summary>Gives a node the modules that it lacks.</summary>
    public static void Supply(CodeContext node, CodeManifest manifest)
    {
        foreach (var module in node.FindMissing(manifest))
            node.Add(module, ModuleCatalog.Shared.GetBytes(module));
    }

    /// <summary>Writes and reads a manifest, as a connection does.</summary>
    public static async Task<CodeManifest> SendAsync(CodeManifest manifest)
    {
        using var writer = new PayloadWriter();
        manifest.Write(writer);
        return await CodeManifest.ReadAsync(new MemoryPayloadReader(writer.ToArray()), default);
    }

    public static CodeContext Node(CodeContextOptions? options = null) => new("test", options ?? new CodeContextOptions());

    public static async Task<T> ShipAsync<T>(CodeContext node, T function) where T : Delegate
    {
        var manifest = await SendAsync(Describe(function));
        Supply(node, manifest);
        var (_, functions) = await node.ResolveAsync(manifest);
        return (T)functions[0]!;
    }

    public void Dispose() => _context.Unload();

    private sealed class ProgramContext() : AssemblyLoadContext("caller", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            Path.Combine(Folder, assemblyName.Name + ".dll") is var path && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
