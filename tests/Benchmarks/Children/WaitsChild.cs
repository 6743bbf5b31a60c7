using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks.Children;

/// <summary>Lets many items wait in one contender, and measures time and threads.</summary>
internal static class WaitsChild
{
    public const string Name = "waits";
    public const int ItemsPerWorker = 20;

    private const int WarmUps = 10;
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(5);

    public static Task<double[]> MeasureAsync(string contender, int workers) =>
        ChildProcess.RunAsync([Name, contender, workers.ToString(CultureInfo.InvariantCulture)]);

    /// <returns>Milliseconds, and the most threads of the process meanwhile.</returns>
    public static async Task<double[]> RunAsync(string[] arguments)
    {
        var workers = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        int[] items = [.. Enumerable.Range(0, workers * ItemsPerWorker)];
        if (arguments[0] is Names.ActorPool)
        {
            await using var pool = WorkerPool.Create(workers);
            return await MeasureAsync(items, () => pool.MapAsync(WaitAsync, items));
        }
        return await MeasureAsync(items, arguments[0] switch
        {
            Names.ForEachAsync => () => RunForEachAsync(items, workers),
            Names.AsyncChannels => () => RunChannelAsync(items, workers),
            Names.Dataflow => () => RunDataflowAsync(items, workers),
            _ => throw new ArgumentException($"There is no contender [{arguments[0]}].", nameof(arguments)),
        });
    }

    private static async Task<int> WaitAsync(int item)
    {
#pragma warning disable RS0030 // the wait is the work here, and what its peers are measured with
        await Task.Delay(s_wait);
#pragma warning restore RS0030
        return item;
    }

    private static async Task<double[]> MeasureAsync(int[] items, Func<Task<int[]>> runAsync)
    {
        for (var i = 0; i < WarmUps; i++)
            await runAsync();
        using var watch = new ThreadWatch();
        var start = TimeProvider.System.GetTimestamp();
        var results = await runAsync();
        var time = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        return results.AsSpan().SequenceEqual(items) ? [time, watch.Stop()] : throw new WrongResultException("The items are not in order.");
    }

    private static async Task<int[]> RunForEachAsync(int[] items, int workers)
    {
        var results = new int[items.Length];
        await Parallel.ForEachAsync(
            items, new ParallelOptions { MaxDegreeOfParallelism = workers }, async (item, _) => results[item] = await WaitAsync(item));
        return results;
    }

    private static async Task<int[]> RunChannelAsync(int[] items, int workers)
    {
        var results = new int[items.Length];
        var channel = Channel.CreateBounded<int>(workers);
        var readers = Enumerable.Range(0, workers).Select(async _ =>
        {
            await foreach (var item in channel.Reader.ReadAllAsync())
                results[item] = await WaitAsync(item);
        }).ToArray();
        foreach (var item in items)
            await channel.Writer.WriteAsync(item);
        channel.Writer.Complete();
        await Task.WhenAll(readers);
        return results;
    }

    private static async Task<int[]> RunDataflowAsync(int[] items, int workers)
    {
        var results = new List<int>(items.Length);
        var work = new TransformBlock<int, int>(WaitAsync, new() { MaxDegreeOfParallelism = workers, BoundedCapacity = 2 * workers });
        var take = Task.Run(async () =>
        {
            await foreach (var result in work.ReceiveAllAsync())
                results.Add(result);
        });
        foreach (var item in items)
            await work.SendAsync(item);
        work.Complete();
        await take;
        return [.. results];
    }

    /// <summary>Counts the threads of the process from time to time.</summary>
    private sealed class ThreadWatch : IDisposable
    {
        private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(25);

        private readonly ManualResetEventSlim _stop = new();
        private readonly Thread _thread;
        private int _most;

        public ThreadWatch()
        {
            _thread = new Thread(Watch) { IsBackground = true };
            _thread.Start();
        }

        public int Stop()
        {
            _stop.Set();
            _thread.Join();
            return _most;
        }

        public void Dispose()
        {
            Stop();
            _stop.Dispose();
        }

        private void Watch()
        {
            using var process = Process.GetCurrentProcess();
            do
            {
                process.Refresh();
                _most = Math.Max(_most, process.Threads.Count);
            }
            while (!_stop.Wait(s_interval));
        }
    }
}
