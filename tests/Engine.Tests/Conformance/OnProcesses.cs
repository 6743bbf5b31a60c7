using ActorPool.Tests.Support;

namespace ActorPool.Tests.Conformance;

/// <summary>The conformance cases on pools whose workers are processes.</summary>
/// <remarks>The collection runs after the others, class by class.</remarks>
public static class OnProcesses
{
    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class BufferSize : BufferSizeTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class Executor : ExecutorTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class Future : FutureTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class Golden : GoldenTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class Initializer : InitializerTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class Mpire : MpireTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class MpireOutcome : MpireOutcomeTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class OtherPool : OtherPoolTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class Pool : PoolTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class ProcessPool : ProcessPoolTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class PythonPool : PythonPoolTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class Ray : RayTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class Shutdown : ShutdownTests;

    [Collection(ManyProcesses.Name), Place(Places.Processes), Trait("Category", "Slow")]
    public sealed class WorkerLifetime : WorkerLifetimeTests;
}
