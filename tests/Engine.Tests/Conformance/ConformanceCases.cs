using System.Reflection;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases that mean the same wherever the pool's workers are.</summary>
/// <remarks>
/// Each class of cases runs in the program's process. <see cref="OnProcesses"/> and <see cref="OnCluster"/> derive from it, and run its
/// cases again elsewhere, apart from those that say that they have no meaning there (<see cref="FactAtAttribute"/>).
/// </remarks>
public abstract class ConformanceCases
{
    private readonly Places _place;

    protected ConformanceCases() => _place = GetType().GetCustomAttribute<PlaceAttribute>()?.Place ?? Places.Here;

    protected Task<WorkerPool> CreatePool(int? workers = null) => CreatePool(new WorkerPoolOptions { Workers = workers });

    /// <summary>Creates a pool at the place of this class.</summary>
    protected Task<WorkerPool> CreatePool(WorkerPoolOptions options) => _place switch
    {
        Places.Processes => Task.FromResult(WorkerPool.Create(options with { Isolation = WorkerIsolation.Process })),
        Places.Cluster => ConformanceNodes.ConnectAsync(options),
        _ => Task.FromResult(WorkerPool.Create(options)),
    };
}
