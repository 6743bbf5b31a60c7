using ActorPool.Benchmarks.Workloads;
using Akka.Actor;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ActorPool.Benchmarks;

/// <summary>W5 for BenchmarkDotNet: one call over many ints, into the caller's buffer.</summary>
public class ManyItems : IAsyncDisposable
{
    private readonly WorkerPool _pool = WorkerPool.Create(Environment.ProcessorCount);
    private int[] _inputs = [];
    private int[] _results = [];

    /// <summary>Items in one call.</summary>
    [Params(1, 1_000, 100_000)]
    public int N { get; set; }

    /// <summary>Makes both arrays.</summary>
    [GlobalSetup]
    public void Setup() => (_inputs, _results) = ([.. Enumerable.Range(1, N)], new int[N]);

    /// <summary>ActorPool.</summary>
    [Benchmark(Baseline = true)]
    public Task MapAsync() => _pool.MapAsync(WorkloadFunctions.Identity, _inputs.AsMemory(), _results.AsMemory());

    /// <summary>The framework's parallel loop.</summary>
    [Benchmark]
    public void ParallelFor() => Parallel.For(0, N, i => _results[i] = WorkloadFunctions.Identity(_inputs[i]));

    /// <inheritdoc/>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _pool.DisposeAsync();
    }
}
