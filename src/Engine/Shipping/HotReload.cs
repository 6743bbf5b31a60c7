using System.Collections.Concurrent;
using System.Reflection.Metadata;
using ActorPool.Shipping;

[assembly: MetadataUpdateHandler(typeof(HotReload))]

namespace ActorPool.Shipping;

/// <summary>Remembers which assemblies hot reload has changed in this process.</summary>
/// <remarks>
/// <c>dotnet watch</c> and debuggers change the code in memory. The file keeps the code from before, and only the file can be sent: a node
/// would run what the program was, not what it is. So such functions are refused.
/// </remarks>
internal static class HotReload
{
    private static readonly ConcurrentDictionary<Guid, bool> s_changed = new();
    private static volatile bool s_anyChanged;
    private static volatile bool s_allChanged;

    /// <summary>Called by the runtime's agent, which finds it by its name, after a change.</summary>
    /// <param name="types">The changed types; null if they are not known.</param>
    public static void UpdateApplication(Type[]? types)
    {
        foreach (var type in types ?? [])
            s_changed[type.Module.ModuleVersionId] = true;
        s_allChanged |= types is null;
        s_anyChanged = true;
    }

    /// <summary>Checks that the files of modules have the code that this process runs.</summary>
    /// <exception cref="FunctionNotShippableException">Hot reload has changed one of them.</exception>
    public static void CheckUnchanged(IReadOnlyList<ModuleIdentity> modules)
    {
        if (!s_anyChanged)
            return;
        foreach (var module in modules)
        {
            if (s_allChanged || s_changed.ContainsKey(module.Mvid))
            {
                throw new FunctionNotShippableException(
                    $"The assembly [{module.Name}] was changed by hot reload, and its file has the code from before: nodes would run that. "
                    + "Build the program and start it again.");
            }
        }
    }

    /// <summary>Forgets a change; for tests, which share one process.</summary>
    internal static void Forget(Guid mvid) => s_changed.TryRemove(mvid, out _);
}
