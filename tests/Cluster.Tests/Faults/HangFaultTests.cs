using System.Globalization;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Functions on nodes that never return, and more busy workers than processors.</summary>
public sealed class HangFaultTests(ITestOutputHelper output) : ProcessScenario(output)
{
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 300)];
    private static readonly TimeSpan s_maxCancelTime = TimeSpan.FromSeconds(5);

    [Fact]
    [Trait("Category", "Slow")]
    public Task An_item_that_spins_forever_is_given_up_and_its_worker_replaced() => CheckHangAsync(Spin);

    [Fact]
    [Trait("Category", "Slow")]
    public Task An_item_that_waits_forever_is_given_up_and_its_worker_replaced() => CheckHangAsync(Block);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_job_whose_functions_ignore_their_tokens_is_still_cancelled()
    {
        using var folder = new Folder();
        var path = folder.Path;
        var pool = await ConnectAsync();
        var job = pool.StartMap(x => Spin(path, x), s_inputs, OneByOne);
        await Deadline.Until(() => folder.Visitors == 6, "an item on each worker", pool);

        var cancelled = OwnTime.Start(Nodes);
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("the job", pool));
        // The next job runs on new workers. Its items do no work: the abandoned ones still spin, and occupy the processors.
        CheckExact(await pool.MapAsync(x => 3 * x, s_inputs, OneByOne).Within("another job", pool));

        var after = cancelled.Elapsed;
        Measured("the workers back after", after);
        Assert.InRange(after, TimeSpan.Zero, s_maxCancelTime);
        folder.Release();
        await CheckAsync(pool);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Far_more_busy_workers_than_processors_delay_no_heartbeat()
    {
        var busy = await StartAsync(Nodes[0].StartNextAsync(workers: 64, Flags));
        var pool = await Nodes[0].ConnectAsync(workers: 70);

        var job = pool.StartMap(x => Enumerable.Range(x, 20).Sum(Work), Enumerable.Range(0, 300), OneByOne);
        await job.Completion.WaitAsync(TimeSpan.FromMinutes(3));

        Assert.All(Nodes, node => Assert.DoesNotContain("UNREACHABLE", node.Process.Error, StringComparison.Ordinal));
        Assert.Equal(0, pool.Statistics.Lost);
        await busy.SignalAsync("TERM"); // the check has no earlier values of a node with 64 workers
        await busy.Process.CheckEndAsync(0);
        await CheckAsync(pool, busy);
    }

    private async Task CheckHangAsync(Func<string, int, int> hang)
    {
        using var folder = new Folder();
        var path = folder.Path;
        await folder.MakePipeAsync();
        var hung = CreateRandom().Next(s_inputs.Length);
        var pool = await ConnectAsync();

        var options = new JobOptions { ItemTimeout = TimeSpan.FromSeconds(1) };
        var results = await pool.TryMapAsync(x => x == hung ? hang(path, x) : 3 * x, s_inputs, options).Within("the map", pool);

        var failed = Assert.Single(results, result => !result.IsSuccess);
        Assert.Equal(hung, failed.Index);
        Assert.Contains(nameof(TimeoutException), failed.Error!.ToString(), StringComparison.Ordinal);
        Assert.All(results.Where(result => result.IsSuccess), result => Assert.Equal(3 * result.Index, result.Value));
        CheckExact(await StartWork(pool, 200).Within("another job", pool));
        folder.Release();
        await CheckAsync(pool);
    }

    /// <summary>In a function: keeps a processor busy until the folder releases it.</summary>
    private static int Spin(string path, int x)
    {
        File.WriteAllText(Folder.GetVisitPath(path, x), "");
        while (!File.Exists(Folder.GetEndPath(path)))
            Thread.SpinWait(1000);
        return x;
    }

    /// <summary>In a function: waits in the operating system until a pipe has a writer.</summary>
    private static int Block(string path, int x)
    {
        File.WriteAllText(Folder.GetVisitPath(path, x), "");
        using (File.Open(Folder.GetPipePath(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            return x;
    }

    /// <summary>Holds functions of other processes, by files: independent of the network and of their tokens.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("hang-");
        private FileStream? _writer;

        public Folder() => _directory.CreateSubdirectory("visits");

        public string Path => _directory.FullName;

        public int Visitors => Directory.GetFiles(System.IO.Path.Combine(Path, "visits")).Length;

        public static string GetVisitPath(string path, int x) =>
            System.IO.Path.Combine(path, "visits", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{x}"));

        public static string GetEndPath(string path) => System.IO.Path.Combine(path, "end");

        public static string GetPipePath(string path) => System.IO.Path.Combine(path, "pipe");

        public Task<string> MakePipeAsync() => Shell.RunAsync($"mkfifo {GetPipePath(Path)}");

        /// <summary>Lets all functions return.</summary>
        public void Release()
        {
            File.WriteAllText(GetEndPath(Path), "");
            if (File.Exists(GetPipePath(Path)))
                _writer ??= File.Open(GetPipePath(Path), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }

        public void Dispose()
        {
            Release();
            _writer?.Dispose();
            _directory.Delete(recursive: true);
        }
    }
}
