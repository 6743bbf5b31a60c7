using System.Globalization;
using System.Runtime.CompilerServices;
using Spectre.Console;

namespace ActorPool.Benchmarks;

/// <summary>The command <c>memory</c>: the bytes of an item, and what a job leaves.</summary>
internal static class MemoryCommand
{
    private static readonly Func<int, int> s_identity = static x => x;

    public static async Task<int> RunAsync(long most)
    {
        var worker = Format(await MeasureWorkerAsync()); // before the large arrays, some of which would be counted
        await using var pool = WorkerPool.Create();
        var table = new Table().AddColumns("call", "items", "allocated, bytes an item", "of these results", "left after the job, bytes");
        await MeasureAsync(pool, 1_000, call: "warm-up");
        for (var items = 1_000_000; items <= most; items *= 10)
        {
            foreach (var call in new[] { "MapAsync", "MapAsync into a buffer", "TryMapAsync", "StreamAsync", "chunks of one" })
            {
                if (call is "chunks of one" && items > 1_000_000)
                    continue;
                var (allocated, results, left) = await MeasureAsync(pool, items, call);
                var count = items.ToString("N0", CultureInfo.InvariantCulture);
                table.AddRow(call, count, Format(allocated / items), Format(results / items), Format(left));
            }
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"An idle worker holds {worker} bytes, by the difference of pools of 1 and of 10,000.");
        return 0;

        static string Format(double value) => value.ToString("N2", CultureInfo.InvariantCulture);
    }

    // Between a pool of one worker and one of many, when all have worked and wait.
    private static async Task<double> MeasureWorkerAsync()
    {
        const int Workers = 9_999; // a pool has at most 10,000
        await MeasureAsync(1); // warm-up
        var (few, many) = (await MeasureAsync(1), await MeasureAsync(1 + Workers));
        return (many - few) / (double)Workers;

        static async Task<long> MeasureAsync(int workers)
        {
            var before = CountLive();
            await using var pool = WorkerPool.Create(workers);
            await pool.MapAsync(static async x => { await Task.Yield(); return x; }, Enumerable.Range(0, 4 * workers).ToArray());
            return CountLive() - before;
        }

        // Compacted, with what finalizers let go: the gaps and the queues of ten thousand actors are as large as the workers else.
        static long CountLive()
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }
            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }

    private static async Task<(double Allocated, double Results, double Left)> MeasureAsync(WorkerPool pool, int items, string call)
    {
        var inputs = Enumerable.Range(0, items).ToArray();
        var buffer = call is "MapAsync into a buffer" ? new int[items] : [];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        double results = await RunAsync(pool, inputs, buffer, call);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var left = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(inputs);
        GC.KeepAlive(buffer);
        return (allocated, results, left);
    }

    private static async Task<long> RunAsync(WorkerPool pool, int[] inputs, int[] buffer, string call)
    {
        switch (call)
        {
            case "MapAsync into a buffer":
                await pool.MapAsync(s_identity, inputs, buffer);
                return 0;
            case "TryMapAsync":
                return (await pool.TryMapAsync(s_identity, inputs)).LongLength * Unsafe.SizeOf<ItemResult<int>>();
            case "StreamAsync":
                await foreach (var _ in pool.StreamAsync(s_identity, inputs))
                {
                }
                return 0;
            case "chunks of one":
                return (await pool.MapAsync(s_identity, inputs, new JobOptions { ChunkSize = 1 })).LongLength * sizeof(int);
            default:
                return (await pool.MapAsync(s_identity, inputs)).LongLength * sizeof(int);
        }
    }
}
