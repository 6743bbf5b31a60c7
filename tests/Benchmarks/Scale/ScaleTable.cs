using System.Globalization;

namespace ActorPool.Benchmarks.Scale;

/// <summary>Prints what was simulated as tables of docs/scale.md.</summary>
internal static class ScaleTable
{
    public static void Print(string name, IReadOnlyList<ScaleResult> results)
    {
        Console.WriteLine();
        Console.WriteLine($"Chunks: {name}");
        Console.WriteLine();
        Console.WriteLine(
            "| nodes | workers | chunk | chunks/s | workers busy | coordinator | other processors | link | in flight | behind | log |");
        Console.WriteLine("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|");
        foreach (var one in results)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {one.Case.Nodes:N0} | {one.Case.Workers:N0} | {one.ChunkSeconds * 1e3:F0} ms | {Round(one.ChunksPerSecond):N0} " +
                $"| {one.BusyWorkers:P0} | {one.Coordinator:P0} | {one.Processors:P0} | {one.MegabitsPerSecond:N0} Mbit/s " +
                $"| {one.InFlightBytes / 1e6:N1} MB | {one.DelayMilliseconds:N0} ms | {(one.IsReported ? "yes" : "")} |"));
        }
    }

    private static double Round(double rate) => Math.Round(rate / 100) * 100;
}
