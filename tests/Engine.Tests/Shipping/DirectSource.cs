using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>A caller's process that answers a node's questions without a connection.</summary>
internal sealed class DirectSource(CodeContext node, ModuleCatalog caller) : IModuleSource
{
    /// <summary>What was asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Waits before each answer.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    public async Task<NamedModule?> FindAsync(ModuleQuery query)
    {
        Asked.Enqueue($"{query.Kind} {query}");
        await Gate;
        if (caller.Find(query) is not { } found)
            return null;
        foreach (var module in node.FindMissing(found.Manifest))
            node.Add(module, caller.GetBytes(module));
        return node.Accept(query, found.Name, found.Manifest);
    }

    /// <summary>Creates a program with one more assembly, and one of the runtime's libraries beside it.</summary>
    public static ModuleCatalog CreateCaller(DirectoryInfo folder)
    {
        var app = Path.Combine(folder.FullName, "app");
        Directory.CreateDirectory(app);
        var library = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.IO.Compression.Native.so");
        if (File.Exists(library))
            File.Copy(library, Path.Combine(app, "libsum.so"), overwrite: true);
        return new ModuleCatalog(new ProgramFiles(app, depsFile: null, [], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["System.Orders"] = Path.Combine(ShippedProgram.Folder, "System.Orders.dll"),
        }));
    }
}
