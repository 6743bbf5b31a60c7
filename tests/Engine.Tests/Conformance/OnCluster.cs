namespace ActorPool.Tests.Conformance;

/// <summary>The conformance cases on pools over a node.</summary>
/// <remarks>The node is in the process of the tests, but all that it gets and returns travels.</remarks>
public static class OnCluster
{
    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class BufferSize : BufferSizeTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class Executor : ExecutorTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class Future : FutureTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class Golden : GoldenTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class Initializer : InitializerTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class Mpire : MpireTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class MpireOutcome : MpireOutcomeTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class OtherPool : OtherPoolTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class Pool : PoolTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class ProcessPool : ProcessPoolTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class PythonPool : PythonPoolTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class Ray : RayTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class Shutdown : ShutdownTests;

    [Collection(OneConformanceCluster.Name), Place(Places.Cluster), Trait("Category", "Slow")]
    public sealed class WorkerLifetime : WorkerLifetimeTests;
}
