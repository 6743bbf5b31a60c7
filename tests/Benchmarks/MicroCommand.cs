using Akka.Actor;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ActorPool.Benchmarks;

/// <summary>The command <c>micro</c>: runs BenchmarkDotNet on calls too short for a table of medians.</summary>
internal static class MicroCommand
{
    public static void Run(IReadOnlyList<string> arguments)
    {
        // In this process: the project that BenchmarkDotNet would generate inherits this repository's analyzers and does not build.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(6).WithIterationCount(12);
        var config = DefaultConfig.Instance.AddJob(job).AddDiagnoser(MemoryDiagnoser.Default);
        // Without a filter BenchmarkDotNet asks which benchmarks to run.
        var filter = arguments.Contains("--filter", StringComparer.Ordinal) ? Array.Empty<string>() : ["--filter", "*"];
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run([.. arguments, .. filter], config);
    }
}
