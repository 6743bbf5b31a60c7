using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;
using Akka.Actor;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ActorPool.Benchmarks;

/// <summary>W5 for BenchmarkDotNet: one call of one item.</summary>
public class OneItem : IAsyncDisposable
{
    private readonly WorkerPool _pool = WorkerPool.Create(Environment.ProcessorCount);
    private readonly AkkaSystem _akka = new(Environment.ProcessorCount);

    /// <summary>ActorPool's call for one item.</summary>
    [Benchmark(Baseline = true)]
    public Task<int> ApplyAsync() => _pool.ApplyAsync(WorkloadFunctions.Identity, 42);

    /// <summary>An Ask to an actor that answers.</summary>
    [Benchmark]
    public Task<int> AkkaAsk() => _akka.Echo.Ask<int>(42);

    /// <inheritdoc/>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _pool.DisposeAsync();
        await _akka.DisposeAsync();
    }
}
