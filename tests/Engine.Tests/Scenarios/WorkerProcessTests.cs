using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>Pools whose workers are processes: who pays for a death, which limits hold.</summary>
[Collection(ManyProcesses.Name)]
public sealed class WorkerProcessTests : IAsyncLifetime
{
    private static readonly WorkerPoolOptions s_options = new() { Workers = 2, Isolation = WorkerIsolation.Process };

    // What the error must tell, and how the process ends.
    private static readonly Dictionary<string, Action> s_deaths = new(StringComparer.Ordinal)
    {
        ["a stack overflow"] = () => Overflow(0),
        ["Environment.FailFast"] = () => Environment.FailFast("no more"),
        ["SIGKILL"] = Kill,
        ["Environment.Exit(7)"] = () => Environment.Exit(7),
        ["nobody catches this"] = ThrowElsewhere,
    };

    private readonly WorkerPool _pool = WorkerPool.Create(s_options);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-processes-");

    public static TheoryData<string> Deaths => [.. s_deaths.Keys];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Functions_run_in_other_processes_and_results_keep_the_inputs_order()
    {
        var factor = 3;
        var results = await _pool.MapAsync(x => x * factor, Enumerable.Range(0, 10_000)).Within("map", _pool);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(x => x * 3), results);
        var ids = await _pool.MapAsync(_ => Environment.ProcessId, Enumerable.Range(0, 100), new JobOptions { ChunkSize = 1 })
            .Within("ids", _pool);
        Assert.DoesNotContain(Environment.ProcessId, ids);
        Assert.InRange(ids.Distinct().Count(), 1, 2);
        var workers = await _pool.MapAsync(
            _ => (WorkContext.Current!.WorkerId, Environment.ProcessId), Enumerable.Range(0, 100), new JobOptions { ChunkSize = 1 })
            .Within("workers", _pool);
        Assert.Equal(workers.Select(one => one.ProcessId).Distinct().Count(), workers.Select(one => one.WorkerId).Distinct().Count());
    }

    [Fact]
    public async Task Every_kind_of_call_works()
    {
        int[] values = [10, 20];
        var shared = await _pool.BroadcastAsync(values);
        Assert.Equal(30, await _pool.ApplyAsync(() => shared.Value.Sum()).Within("broadcast", _pool));
        var later = await _pool.MapAsync(async x => { await Task.Yield(); return x + 1; }, [1, 2]).Within("async", _pool);
        Assert.Equal([2, 3], later);
        Assert.Equal(45, await _pool.AggregateAsync(() => 0, (sum, x) => sum + x, (a, b) => a + b, Enumerable.Range(0, 10))
            .Within("fold", _pool));
        var texts = await _pool.StreamAsync(x => $"{x}", [1, 2]).ReadAll("stream", _pool);
        Assert.Equal(["1", "2"], texts);
        await _pool.ForEachAsync(x => { _ = x; }, [1, 2, 3]).Within("for each", _pool);
        var outcomes = await _pool.TryMapAsync(x => 10 / x, [5, 0, 2]).Within("try", _pool);
        Assert.Equal([2, 5], outcomes.Where(one => one.IsSuccess).Select(one => one.Value));
        Assert.IsType<DivideByZeroException>(outcomes[1].Error!.InnerException);
        Assert.Matches("^worker-[0-9]+$", outcomes[1].Error!.Worker);
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Exactly_the_item_pays_that_ends_its_process(string told)
    {
        var death = s_deaths[told];
        var items = Enumerable.Range(0, 200).ToArray();
        var outcomes = await _pool.TryMapAsync(x => EndAt(x, 77, death), items).Within("map", _pool);
        Assert.Equal(items.Where(x => x != 77), outcomes.Where(one => one.IsSuccess).Select(one => one.Value));
        var failure = Assert.Single(outcomes, one => !one.IsSuccess).Error!;
        Assert.Equal(77, failure.Index);
        var poison = Assert.IsType<PoisonItemException>(failure.InnerException);
        Assert.Contains("Item 77 ended 3 worker processes", poison.Message, StringComparison.Ordinal);
        Assert.Contains(told, poison.Message, StringComparison.Ordinal);
        Assert.Equal(3, _pool.Statistics.Lost);
    }

    [Fact]
    public async Task A_fold_that_ends_its_process_names_the_item_that_it_was_at()
    {
        var sum = _pool.AggregateAsync(
            () => 0, (sum, x) => sum + EndAt(x, 77, Kill), (a, b) => a + b, Enumerable.Range(0, 200), new JobOptions { ChunkSize = 50 });
        var error = await Assert.ThrowsAsync<WorkItemException>(() => sum).Within("fold", _pool);
        Assert.Equal(77, error.Index);
        var poison = Assert.IsType<PoisonItemException>(error.InnerException);
        Assert.Contains("Item 77 ended 3 worker processes", poison.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_ten_thousand_items_three_that_overflow_the_stack_fail_by_name()
    {
        long[] poison = [17, 4_999, 9_998];
        var outcomes = await _pool.TryMapAsync(
            x => x is 17 or 4_999 or 9_998 ? Overflow(0) : x, Enumerable.Range(0, 10_000)).Within("map", _pool);
        Assert.Equal(9_997, outcomes.Count(one => one.IsSuccess && one.Value == one.Index));
        Assert.Equal(poison, outcomes.Where(one => !one.IsSuccess).Select(one => one.Index));
        Assert.All(outcomes.Where(one => !one.IsSuccess), one => Assert.IsType<PoisonItemException>(one.Error!.InnerException));
        Assert.Equal(9, _pool.Statistics.Lost);
    }

    [Fact]
    public async Task Nothing_waits_behind_a_long_item()
    {
        var gate = new Gate();
        var running = _pool.ForEachAsync(_ => gate.Pass(), [1]);
        await gate.HasArrived(1, "the long item", _pool);
        for (var i = 0; i < 20; i++)
            Assert.Equal(1_000, (await _pool.MapAsync(x => x, Enumerable.Range(0, 1_000)).Within("a short job", _pool)).Length);
        Assert.False(running.IsCompleted);
        gate.Open();
        await running.Within("the long item", _pool);
    }

    [Fact]
    public async Task A_converter_of_results_may_wait_for_the_pool()
    {
        await using var pool = WorkerPool.Create(s_options with { Converters = [new AskingConverter()] });
        AskingConverter.Pool = pool;
        var answer = await pool.ApplyAsync(() => new Answer(4)).Within("the answer", pool);
        Assert.Equal(5, answer.Value);
    }

    [Fact]
    public async Task A_directory_that_something_removes_is_made_again()
    {
        var folder = Path.Combine(_folder.FullName, "temporary");
        Directory.CreateDirectory(folder);
        await using var pool = await CreateInAsync(folder);
        foreach (var directory in Directory.GetDirectories(folder))
            Directory.Delete(directory, recursive: true);
        using (new Temporary(folder))
        {
            var outcomes = await pool.TryMapAsync(x => EndAt(x, 5, Kill), Enumerable.Range(0, 10)).Within("map", pool);
            Assert.Equal(9, outcomes.Count(one => one.IsSuccess));
        }
    }

    [Fact]
    public async Task A_directory_that_is_missing_is_an_error_of_each_call()
    {
        using (new Temporary(Path.Combine(_folder.FullName, "none")))
        {
            await using var pool = WorkerPool.Create(s_options);
            var error = await Assert.ThrowsAsync<NoWorkersException>(() => pool.ApplyAsync(() => 1)).Within("a call", pool);
            Assert.Contains("TMPDIR", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Threads_have_the_default_culture_of_the_program()
    {
        var before = CultureInfo.DefaultThreadCurrentCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            await using var pool = WorkerPool.Create(s_options);
            Assert.Equal("1,5", await pool.ApplyAsync(() => $"{1.5}").Within("a text", pool));
        }
        finally
        {
            CultureInfo.DefaultThreadCurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_disposed_pool_leaves_no_process()
    {
        var pool = WorkerPool.Create(s_options);
        var ids = await pool.MapAsync(_ => Environment.ProcessId, Enumerable.Range(0, 100), new JobOptions { ChunkSize = 1 })
            .Within("ids", pool);
        var blocked = pool.ForEachAsync(_ => { Block(); }, [1, 2]);
        await pool.DisposeAsync().Within("dispose", pool);
        await Assert.ThrowsAsync<PoolTerminatedException>(() => blocked).Within("terminated");
        await Deadline.Until(() => ids.Distinct().All(HasEnded), "the processes end");
    }

    [Fact]
    public async Task Initializer_and_state_are_in_the_process()
    {
        await using var pool = WorkerPool.Create(s_options with
        {
            Initializer = () => Environment.SetEnvironmentVariable("ACTORPOOL_TEST_INITIALIZED", "yes"),
            WorkerState = () => new List<int>(),
        });
        var results = await pool.MapAsync(
            x =>
            {
                var state = (List<int>)WorkContext.Current!.State!;
                state.Add(x);
                return (Environment.GetEnvironmentVariable("ACTORPOOL_TEST_INITIALIZED"), Count: state.Count);
            },
            Enumerable.Range(0, 20)).Within("map", pool);
        Assert.All(results, one => Assert.Equal("yes", one.Item1));
        Assert.InRange(results.Max(one => one.Count), 10, 20);
        Assert.Null(Environment.GetEnvironmentVariable("ACTORPOOL_TEST_INITIALIZED"));
    }

    [Fact]
    public async Task An_initializer_that_throws_fails_the_jobs()
    {
        await using var pool = WorkerPool.Create(s_options with { Initializer = static () => throw new IOException("not today") });
        var error = await Assert.ThrowsAsync<NoWorkersException>(() => pool.MapAsync(x => x, [1])).Within("map", pool);
        Assert.Contains("not today", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_initializer_that_ends_its_process_fails_the_jobs()
    {
        await using var pool = WorkerPool.Create(s_options with { Initializer = static () => Environment.Exit(9) });
        var error = await Assert.ThrowsAsync<NoWorkersException>(() => pool.MapAsync(x => x, [1])).Within("map", pool);
        Assert.Contains("Environment.Exit(9)", error.Message, StringComparison.Ordinal);
        Assert.Contains("Does the initializer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_is_killed_while_it_is_idle_is_replaced()
    {
        var id = await _pool.ApplyAsync(() => Environment.ProcessId).Within("its id", _pool);
        using (var process = Process.GetProcessById(id))
            process.Kill();
        await Deadline.Until(() => _pool.Statistics is { Lost: 1, Workers: 2 }, "another one is there", _pool);
        var ids = await _pool.MapAsync(_ => Environment.ProcessId, Enumerable.Range(0, 20)).Within("map", _pool);
        Assert.DoesNotContain(id, ids);
    }

    [Fact]
    public async Task What_cannot_travel_is_refused_at_the_call()
    {
        using var stream = new MemoryStream();
        await Assert.ThrowsAsync<FunctionNotShippableException>(() => _pool.MapAsync(x => x + stream.Length, [1])).Within("map", _pool);
    }

    [Fact]
    public async Task An_option_decides_and_the_configuration_does_without_one()
    {
        await using var configured = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, Config = "actorpool.isolation = process" });
        Assert.NotEqual(Environment.ProcessId, await configured.ApplyAsync(() => Environment.ProcessId).Within("process", configured));
        await using var decided = WorkerPool.Create(
            new WorkerPoolOptions { Workers = 1, Isolation = WorkerIsolation.None, Config = "actorpool.isolation = process" });
        Assert.Equal(Environment.ProcessId, await decided.ApplyAsync(() => Environment.ProcessId).Within("none", decided));
        Assert.ThrowsAny<ArgumentException>(() => WorkerPool.Create(new WorkerPoolOptions { Config = "actorpool.isolation = thread" }));
        Assert.ThrowsAny<ArgumentException>(() => WorkerPool.Create(s_options with { Isolation = (WorkerIsolation)7 }));
        Assert.ThrowsAny<ArgumentException>(() => WorkerPool.Create(s_options with { MaxMemoryPerWorker = 1 }));
        Assert.ThrowsAny<ArgumentException>(() => WorkerPool.Create(new WorkerPoolOptions { MaxMemoryPerWorker = 1L << 30 }));
    }

    private static bool HasEnded(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static int EndAt(int x, int poison, Action death)
    {
        if (x == poison)
            death();
        return x;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Overflow(int depth) => Overflow(depth + 1) + 1;

    private static void Kill()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    private static void ThrowElsewhere()
    {
        var thread = new Thread(() => throw new InvalidOperationException("nobody catches this"));
        thread.Start();
        thread.Join();
    }

    private static int Block()
    {
        using var never = new ManualResetEventSlim();
        never.Wait();
        return 0;
    }

    private static async Task<WorkerPool> CreateInAsync(string folder)
    {
        using (new Temporary(folder))
        {
            var pool = WorkerPool.Create(s_options);
            await pool.MapAsync(x => x, Enumerable.Range(0, 100)).Within("the first job", pool);
            await Deadline.Until(() => pool.Statistics.Workers == 2, "both processes", pool);
            return pool;
        }
    }

    private sealed record Answer(int Value);

    private sealed class AskingConverter : PayloadConverter<Answer, int>
    {
        public static WorkerPool? Pool { get; set; } // of the test, which is where results are read

        public override int ToSurrogate(Answer value) => value.Value;

        public override Answer FromSurrogate(int surrogate) => new(Pool!.ApplyAsync(x => x + 1, surrogate).GetAwaiter().GetResult());
    }

    /// <summary>Names another directory for temporary files for a while.</summary>
    private sealed class Temporary : IDisposable
    {
        private readonly string? _before = Environment.GetEnvironmentVariable("TMPDIR");

        public Temporary(string folder) => Environment.SetEnvironmentVariable("TMPDIR", folder);

        public void Dispose() => Environment.SetEnvironmentVariable("TMPDIR", _before);
    }
}
