using ActorPool.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Lifetime;

/// <summary>A pool that a host has.</summary>
/// <param name="name">Its name; empty for the pool without one.</param>
internal sealed class PoolRegistration(string name)
{
    public bool HasName(string other) => name.Equals(other, StringComparison.Ordinal);

    /// <summary>Whether the pool has a section in that of pools with names.</summary>
    public bool ReadsSection(string key) => name.Length > 0 && name.Equals(key, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => name.Length == 0 ? "the pool without a name" : $"[{name}]";

    /// <summary>Gets the pool, and starts it if no one has needed it yet.</summary>
    public WorkerPool GetPool(IServiceProvider services) =>
        name.Length == 0 ? services.GetRequiredService<WorkerPool>() : services.GetRequiredKeyedService<WorkerPool>(name);

    public ActorPoolOptions GetOptions(IServiceProvider services) =>
        services.GetRequiredService<IOptionsMonitor<ActorPoolOptions>>().Get(name);
}
