using Akka.Actor;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ActorPool.Benchmarks;

/// <summary>The command <c>micro</c>: BenchmarkDotNet on the calls that are too short for a table of medians.</summary>
internal static class MicroCommand
{
    public static void Run(IReadOnlyList<string> arguments)
    {
        // In this process: the project that BenchmarkDotNet would generate takes on this repository's analyzers and does not build.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(6).WithIterationCount(12);
        var config = DefaultConfig.Instance.AddJob(job).AddDiagnoser(MemoryDiagnoser.Default);
        // Without a filter BenchmarkDotNet asks which ones to run.
        var filter = arguments.Contains("--filter", StringComparer.Ordinal) ? Array.Empty<string>() : ["--filter", "*"];
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run([.. arguments, .. filter], config);
    }
}

/// <summary>W5 for BenchmarkDotNet: one call of one item.</summary>
public class OneItem : IAsyncDisposable
{
    private readonly WorkerPool _pool = WorkerPool.Create(Environment.ProcessorCount);
    private readonly AkkaSystem _akka = new(Environment.ProcessorCount);

    /// <summary>ActorPool's own call for one item.</summary>
    [Benchmark(Baseline = true)]
    public Task<int> ApplyAsync() => _pool.ApplyAsync(WorkloadFunctions.Identity, 42);

    /// <summary>An actor that answers.</summary>
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

/// <summary>W5 for BenchmarkDotNet: one call of many ints, into the caller's buffer.</summary>
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
