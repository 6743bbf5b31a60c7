using System.Diagnostics;
using System.Runtime.InteropServices;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>Limits of worker processes: time, memory and items, whatever the function does.</summary>
[Collection(ManyProcesses.Name)]
public sealed class WorkerProcessLimitTests : IAsyncLifetime
{
    private static readonly WorkerPoolOptions s_options = new() { Workers = 2, Isolation = WorkerIsolation.Process };

    private const string ImpatientConfig = "actorpool.cluster { lease-interval = 200ms, lease-timeout = 1s }";

    private readonly WorkerPool _pool = WorkerPool.Create(s_options);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-limits-");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_item_that_ignores_its_token_is_ended_and_costs_no_other()
    {
        var options = new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(200) };
        var outcomes = await _pool.TryMapAsync(x => x == 5 ? Block() : x, Enumerable.Range(0, 50), options).Within("map", _pool);
        Assert.Equal(49, outcomes.Count(one => one.IsSuccess));
        var error = outcomes[5].Error!;
        Assert.Equal(ItemFailureCause.TimedOut, error.Cause);
        Assert.Equal(0, _pool.Statistics.ItemsRetried);
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    [Fact]
    public async Task A_cancelled_job_frees_its_workers_whatever_they_run()
    {
        using var source = new CancellationTokenSource();
        var path = Path.Combine(_folder.FullName, "running");
        var blocked = _pool.MapAsync(
            x =>
            {
                using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
                    file.WriteByte((byte)x);
                return Block();
            },
            [1, 2],
            new JobOptions { ChunkSize = 1 },
            source.Token);
        await Deadline.Until(() => File.Exists(path) && new FileInfo(path).Length == 2, "both workers run", _pool);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked).Within("cancelled", _pool);
        var next = await _pool.MapAsync(x => x + 1, [1, 2]).Within("the next job", _pool);
        Assert.Equal([2, 3], next);
        Assert.Equal(2, _pool.Statistics.Abandoned);
    }

    [Fact]
    public async Task A_process_that_is_stopped_is_replaced_and_its_item_runs_elsewhere()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var pool = WorkerPool.Create(s_options with { Config = ImpatientConfig });
        var path = Path.Combine(_folder.FullName, "stopped");
        int[] inputs = [0, 1, 2, 3];
        var job = pool.MapAsync(
            x =>
            {
                // The second attempt finds the file.
                if (x == 1 && !File.Exists(path))
                {
                    File.WriteAllText(path, "");
                    _ = Kill(Environment.ProcessId, OperatingSystem.IsMacOS() ? 17 : 19); // SIGSTOP
                }
                return x;
            },
            inputs);
        Assert.Equal(inputs, await job.Within("the stopped process is replaced", pool));
        Assert.Equal(1, pool.Statistics.Lost);
    }

    [Fact]
    public async Task A_process_whose_function_keeps_all_threads_is_left_alone()
    {
        await using var pool = WorkerPool.Create(s_options with { Config = ImpatientConfig });
        int[] inputs = [0, 1];
        var results = await pool.MapAsync(
            x =>
            {
                var never = new ManualResetEventSlim(); // some begin to wait only when the function has returned
                for (var i = 0; i < 50; i++)
                    ThreadPool.UnsafeQueueUserWorkItem(_ => never.Wait(), null);
                var watch = Stopwatch.StartNew();
                while (watch.Elapsed < TimeSpan.FromSeconds(3))
                    Thread.SpinWait(100);
                never.Set();
                return x;
            },
            inputs).Within("map", pool);
        Assert.Equal(inputs, results);
        Assert.Equal(0, pool.Statistics.Lost);
    }

    [Fact]
    public async Task A_process_that_hangs_between_items_is_ended_after_its_job()
    {
        using var source = new CancellationTokenSource();
        var path = Path.Combine(_folder.FullName, "writing");
        var hanging = Enumerable.Range(0, 2).Select(_ => _pool.MapAsync(x => Hang(path), [1], cancellationToken: source.Token)).ToArray();
        await Deadline.Until(() => File.Exists(path) && new FileInfo(path).Length == 2, "both results are computed", _pool);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(hanging)).Within("cancelled", _pool);
        var next = await _pool.MapAsync(x => x + 1, [1, 2]).Within("the next job", _pool);
        Assert.Equal([2, 3], next);
        Assert.Equal(2, _pool.Statistics.Abandoned);
    }

    [Fact]
    public async Task A_process_is_replaced_after_its_tasks()
    {
        await using var pool = WorkerPool.Create(s_options with { MaxTasksPerWorker = 10 });
        var ids = await pool.MapAsync(_ => Environment.ProcessId, Enumerable.Range(0, 95)).Within("map", pool);
        Assert.All(ids.CountBy(id => id), one => Assert.InRange(one.Value, 1, 10));
        Assert.Equal(0, pool.Statistics.Lost);
    }

    [Fact]
    public async Task A_process_is_replaced_after_its_tasks_also_if_they_were_cancelled()
    {
        await using var pool = WorkerPool.Create(s_options with { Workers = 1, MaxTasksPerWorker = 1 });
        var path = Path.Combine(_folder.FullName, "waiting");
        using var source = new CancellationTokenSource();
        var waiting = pool.ForEachAsync(
            (_, token) =>
            {
                File.WriteAllText(path, "");
                token.WaitHandle.WaitOne();
                return ValueTask.CompletedTask;
            },
            [1],
            cancellationToken: source.Token);
        await Deadline.Until(() => File.Exists(path), "the function runs", pool);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting).Within("cancelled", pool);
        Assert.Equal(3, await pool.ApplyAsync(() => 3).Within("the next job", pool));
    }

    [Fact]
    public async Task A_process_that_is_stopped_does_not_hold_a_job_that_limits_its_items()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var id = await _pool.ApplyAsync(() => Environment.ProcessId).Within("its id", _pool);
        using (var stop = Process.Start("kill", ["-STOP", $"{id}"]))
            await stop.WaitForExitAsync().Within("the signal");
        var options = new JobOptions { ItemTimeout = TimeSpan.FromMinutes(1) };
        var results = await _pool.MapAsync(x => x + 1, Enumerable.Range(0, 20), options).Within("map", _pool);
        Assert.Equal(Enumerable.Range(1, 20), results);
        Assert.Equal(1, _pool.Statistics.Lost);
    }

    [Fact]
    public async Task A_process_that_uses_too_much_memory_is_ended_and_told()
    {
        await using var pool = WorkerPool.Create(s_options with { MaxMemoryPerWorker = 200L << 20 });
        var outcomes = await pool.TryMapAsync(x => x == 3 ? Fill() : x, Enumerable.Range(0, 20)).Within("map", pool);
        Assert.Equal(19, outcomes.Count(one => one.IsSuccess));
        Assert.Contains("MaxMemoryPerWorker is [209715200]", outcomes[3].Error!.InnerException!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(300)]
    public async Task An_allocation_beyond_the_limit_of_a_process_fails_its_item_and_names_the_limit(int mebibytes)
    {
        await using var pool = WorkerPool.Create(s_options with { Workers = 1, MaxMemoryPerWorker = 200L << 20 });
        var outcomes = await pool.TryMapAsync(x => x == 1 ? Keep(mebibytes) : x, Enumerable.Range(0, 3)).Within("map", pool);
        Assert.Equal([true, false, true], outcomes.Select(one => one.IsSuccess));
        var error = outcomes[1].Error!.InnerException!;
        Assert.Contains("MaxMemoryPerWorker", error.Message, StringComparison.Ordinal);
        Assert.Contains("[209715200]", error.Message, StringComparison.Ordinal);
    }

    private static int Keep(int mebibytes)
    {
        var kept = new List<byte[]>();
        while (true)
        {
            var block = new byte[mebibytes << 20];
            block.AsSpan().Fill(1);
            kept.Add(block);
        }
    }

    // Memory beside the managed heap, which no garbage collector limits.
    private static int Fill()
    {
        const int Bytes = 400 << 20;
        var block = Marshal.AllocHGlobal(Bytes);
        for (var page = 0; page < Bytes; page += 4096)
            Marshal.WriteByte(block, page, 1);
        return Block();
    }

    private static int Block()
    {
        using var never = new ManualResetEventSlim();
        never.Wait();
        return 0;
    }

    private static IEnumerable<int> Hang(string path)
    {
        using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            file.WriteByte(1);
        yield return Block();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
