using System.Diagnostics;

namespace ActorPool.Soak;

/// <summary>Watches memory, threads and open files of the process while the pool rests.</summary>
/// <remarks>Each must end about where it began: the last fifth of the samples is compared with the first.</remarks>
internal sealed class Health
{
    private readonly List<(double Megabytes, int Threads, int Handles)> _samples = [];

    public void Sample()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        _samples.Add((GC.GetTotalMemory(forceFullCollection: true) / 1048576.0, process.Threads.Count, process.HandleCount));
    }

    public void Check()
    {
        // During the first sample, code is still compiled and threads are still started.
        var samples = _samples.Skip(1).ToList();
        var fifth = Math.Max(1, samples.Count / 5);
        if (samples.Count < 5)
            return;
        // The queue of .NET's thread pool grows in powers of two, up to 16 MB, and never shrinks; at rest, jobs hold less than 1 MB.
        Compare("megabytes", 20, samples.Select(sample => sample.Megabytes).ToList(), fifth);
        Compare("threads", 12, samples.Select(sample => (double)sample.Threads).ToList(), fifth);
        Compare("open files", 12, samples.Select(sample => (double)sample.Handles).ToList(), fifth);
    }

    public override string ToString() =>
        $"{_samples[^1].Megabytes:F1} MB, {_samples[^1].Threads} threads, {_samples[^1].Handles} open files";

    private static void Compare(string what, double slack, List<double> samples, int fifth)
    {
        var (first, last) = (Median(samples.Take(fifth)), Median(samples.TakeLast(fifth)));
        Console.WriteLine($"{what}: {first:F1} in the first fifth, {last:F1} in the last");
        ViolationException.ThrowUnless(last <= (first * 1.2) + slack, $"The process grew from {first:F1} to {last:F1} {what}.");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
