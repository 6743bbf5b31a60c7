using System.Globalization;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Functions on nodes that do not come back, whatever they are told, and more of them than there are processors.</summary>
public sealed class HangFaultTests(ITestOutputHelper output) : ProcessScenario(output)
{
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 300)];
    private static readonly TimeSpan s_cancelled = TimeSpan.FromSeconds(5);

    [Fact]
    public Task An_item_that_spins_for_ever_is_given_up_and_its_worker_replaced() => OneHangsAsync(Spin);

    [Fact]
    public Task An_item_that_waits_for_ever_is_given_up_and_its_worker_replaced() => OneHangsAsync(Block);

    [Fact]
    public async Task A_job_whose_functions_ignore_their_tokens_is_cancelled_all_the_same()
    {
        using var folder = new Folder();
        var path = folder.Path;
        var pool = await ConnectAsync();
        var job = pool.StartMap(x => Spin(path, x), s_inputs, OneByOne);
        await Deadline.Until(() => folder.Visitors == 6, "an item on each worker", pool);

        var cancelled = TimeProvider.System.GetTimestamp();
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("the job", pool));
        IsExact(await StartWork(pool, 200).Within("another job", pool)); // on workers that took their place

        Measured("the workers back after", TimeProvider.System.GetElapsedTime(cancelled));
        Assert.InRange(TimeProvider.System.GetElapsedTime(cancelled), TimeSpan.Zero, s_cancelled);
        folder.LetGo();
        await CheckAsync(pool);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Far_more_busy_workers_than_processors_hold_up_no_heartbeat()
    {
        var busy = await StartAsync(Nodes[0].StartNextAsync(workers: 64, Flags));
        var pool = await Nodes[0].ConnectAsync(workers: 70);

        var job = pool.StartMap(x => Enumerable.Range(x, 20).Sum(Work), Enumerable.Range(0, 300), OneByOne);
        await job.Completion.WaitAsync(TimeSpan.FromMinutes(3));

        Assert.All(Nodes, node => Assert.DoesNotContain("UNREACHABLE", node.Process.Error, StringComparison.Ordinal));
        Assert.Equal(0, pool.Statistics.Lost);
        await busy.SignalAsync("TERM"); // 64 workers are more than the check has seen before
        Assert.Equal(0, await busy.Process.EndAsync());
        await CheckAsync(pool, busy);
    }

    private async Task OneHangsAsync(Func<string, int, int> hang)
    {
        using var folder = new Folder();
        var path = folder.Path;
        await folder.MakePipeAsync();
        var hung = RandomOf().Next(s_inputs.Length);
        var pool = await ConnectAsync();

        var results = await pool.TryMapAsync(x => x == hung ? hang(path, x) : 3 * x, s_inputs, new JobOptions { ItemTimeout = TimeSpan.FromSeconds(1) }).Within("the map", pool);

        var failed = Assert.Single(results, result => !result.IsSuccess);
        Assert.Equal(hung, failed.Index);
        Assert.Contains(nameof(TimeoutException), failed.Error!.ToString(), StringComparison.Ordinal);
        Assert.All(results.Where(result => result.IsSuccess), result => Assert.Equal(3 * result.Index, result.Value));
        IsExact(await StartWork(pool, 200).Within("another job", pool));
        folder.LetGo();
        await CheckAsync(pool);
    }

    /// <summary>In a function: never returns, and keeps its processor busy.</summary>
    private static int Spin(string path, int x)
    {
        File.WriteAllText(Folder.VisitOf(path, x), "");
        while (!File.Exists(Folder.EndOf(path)))
            Thread.SpinWait(1000);
        return x;
    }

    /// <summary>In a function: waits in the operating system, for somebody to write to a pipe.</summary>
    private static int Block(string path, int x)
    {
        File.WriteAllText(Folder.VisitOf(path, x), "");
        using (File.Open(Folder.PipeOf(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            return x;
    }

    /// <summary>Holds functions of other processes, whatever becomes of the network and of their tokens.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("hang-");
        private FileStream? _writer;

        public Folder() => _directory.CreateSubdirectory("visits");

        public string Path => _directory.FullName;

        public int Visitors => Directory.GetFiles(System.IO.Path.Combine(Path, "visits")).Length;

        public static string VisitOf(string path, int x) => System.IO.Path.Combine(path, "visits", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{x}"));

        public static string EndOf(string path) => System.IO.Path.Combine(path, "end");

        public static string PipeOf(string path) => System.IO.Path.Combine(path, "pipe");

        public Task<string> MakePipeAsync() => Shell.RunAsync($"mkfifo {PipeOf(Path)}");

        /// <summary>All come back.</summary>
        public void LetGo()
        {
            File.WriteAllText(EndOf(Path), "");
            if (File.Exists(PipeOf(Path)))
                _writer ??= File.Open(PipeOf(Path), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }

        public void Dispose()
        {
            LetGo();
            _writer?.Dispose();
            _directory.Delete(recursive: true);
        }
    }
}
