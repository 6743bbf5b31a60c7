using System.Diagnostics;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>What a worker process had finished before it died counts, and runs only once.</summary>
[Collection(ManyProcesses.Name)]
public sealed class FinishedItemsTests : IAsyncLifetime
{
    private const int Items = 40;
    private const int Poison = 25;
    private static readonly JobOptions s_oneChunk = new() { ChunkSize = Items };

    private readonly WorkerPool _pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, Isolation = WorkerIsolation.Process });
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-finished-");

    private string Runs => Path.Combine(_folder.FullName, "runs");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Numbers()
    {
        var path = Runs;
        var outcomes = await _pool.TryMapAsync(x => Run(path, x) * 10, Enumerable.Range(0, Items), s_oneChunk).Within("map", _pool);
        CheckOutcomes(outcomes, x => x * 10);
        CheckRuns();
    }

    [Fact]
    public async Task Objects_with_what_they_have_in_common()
    {
        var path = Runs;
        var outcomes = await _pool.TryMapAsync(
            x =>
            {
                string[] names = [$"{Run(path, x)}"];
                return new Named(names, names);
            },
            Enumerable.Range(0, Items),
            s_oneChunk).Within("map", _pool);
        CheckRuns();
        foreach (var one in outcomes.Where(one => one.IsSuccess))
        {
            Assert.Equal([$"{one.Index}"], one.Value.Names);
            Assert.Same(one.Value.Names, one.Value.Same);
        }
        Assert.Equal(Items - 1, outcomes.Count(one => one.IsSuccess));
    }

    [Fact]
    public async Task Actions()
    {
        var path = Runs;
        var error = await Assert.ThrowsAsync<WorkItemException>(
            () => _pool.ForEachAsync(x => { Run(path, x); }, Enumerable.Range(0, Items), s_oneChunk)).Within("for each", _pool);
        Assert.Equal(Poison, error.Index);
        Assert.All(ReadRuns().Where(one => one.Key != Poison), one => Assert.Equal(1, one.Value));
    }

    [Fact]
    public async Task Asynchronous_functions_and_items_with_a_limit()
    {
        var path = Runs;
        var outcomes = await _pool.TryMapAsync(
            async x =>
            {
                await Task.Yield();
                return Run(path, x);
            },
            Enumerable.Range(0, Items),
            s_oneChunk with { ItemTimeout = TimeSpan.FromMinutes(1) }).Within("map", _pool);
        CheckOutcomes(outcomes, x => x);
        CheckRuns();
    }

    [Fact]
    public async Task Streams_keep_their_order()
    {
        var path = Runs;
        var seen = new List<int>();
        await Assert.ThrowsAsync<WorkItemException>(async () =>
        {
            await foreach (var one in _pool.StreamAsync(x => Run(path, x), Enumerable.Range(0, Items), s_oneChunk))
                seen.Add(one);
        }).Within("stream", _pool);
        Assert.Equal(Enumerable.Range(0, Poison), seen);
        Assert.All(ReadRuns().Where(one => one.Key != Poison), one => Assert.Equal(1, one.Value));
    }

    [Fact]
    public async Task Failures_and_attempts_that_are_used()
    {
        var path = Runs;
        var outcomes = await _pool.TryMapAsync(
            x =>
            {
                Note(path, x);
                return x is 3 or 4 ? throw new IOException($"no {x}") : End(x);
            },
            Enumerable.Range(0, Items),
            s_oneChunk with { Retries = 1 }).Within("map", _pool);
        var failures = outcomes.Where(one => !one.IsSuccess).ToDictionary(one => one.Index, one => one.Error!);
        Assert.Equal([3, 4, Poison], failures.Keys.Order());
        Assert.Equal("no 3", Assert.IsType<IOException>(failures[3].InnerException).Message);
        Assert.Equal(2, failures[4].Attempts);
        var runs = ReadRuns();
        Assert.Equal([2, 2, 3], [runs[3], runs[4], runs[Poison]]);
        Assert.All(runs.Where(one => one.Key is not (3 or 4 or Poison)), one => Assert.Equal(1, one.Value));
    }

    [Fact]
    public async Task Queries_in_results_are_computed_once()
    {
        var path = Runs;
        var results = await _pool.MapAsync(
            x =>
            {
                Compute();
                return Enumerable.Range(0, 2).Select(y => Note(path, x) + y);
            },
            Enumerable.Range(0, Items),
            s_oneChunk).Within("map", _pool);
        Assert.Equal(Enumerable.Range(0, Items).Select(x => new[] { x, x + 1 }), results.Select(one => one.ToArray()));
        Assert.All(ReadRuns(), one => Assert.Equal(2, one.Value));
    }

    [Fact]
    public async Task RetryWhen_decides_about_an_item_whose_process_was_ended_after_its_time()
    {
        var path = Runs;
        var options = new JobOptions
        {
            ItemTimeout = TimeSpan.FromMilliseconds(200),
            Retries = 5,
            RetryWhen = e => e is TimeoutException && File.ReadAllBytes(path).Count(one => one == 1) < 2,
        };
        var outcomes = await _pool.TryMapAsync(
            x => Note(path, x) == 1 ? Block() : x, [0, 1, 2], options).Within("map", _pool);
        Assert.Equal(2, ReadRuns()[1]);
        Assert.IsType<TimeoutException>(outcomes[1].Error!.InnerException);
        Assert.Equal(2, outcomes[1].Error!.Attempts);
        Assert.Equal([0, 2], outcomes.Where(one => one.IsSuccess).Select(one => one.Value));
    }

    [Fact]
    public async Task A_process_whose_RetryWhen_does_not_return_is_ended_and_only_its_item_fails()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions
        {
            Workers = 1,
            Isolation = WorkerIsolation.Process,
            Config = "actorpool.retry-when-timeout = 200ms",
        });
        var path = Runs;
        var options = new JobOptions { ChunkSize = 3, Retries = 1, RetryWhen = _ => Block() == 0 };
        var outcomes = await pool.TryMapAsync(
            x => Note(path, x) == 1 ? throw new FormatException() : Compute(x), [0, 1, 2], options).Within("map", pool);
        Assert.Equal([0, 2], outcomes.Where(one => one.IsSuccess).Select(one => one.Value));
        Assert.Contains(
            "JobOptions.RetryWhen did not decide about item 1", outcomes[1].Error!.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(1, ReadRuns()[1]);
    }

    private static void CheckOutcomes(ItemResult<int>[] outcomes, Func<int, int> expected)
    {
        Assert.Equal(
            Enumerable.Range(0, Items).Where(x => x != Poison).Select(expected),
            outcomes.Where(one => one.IsSuccess).Select(one => one.Value));
        Assert.IsType<PoisonItemException>(outcomes[Poison].Error!.InnerException);
    }

    private void CheckRuns()
    {
        var runs = ReadRuns();
        Assert.Equal(Items, runs.Count);
        Assert.All(runs, one => Assert.Equal(one.Key == Poison ? 3 : 1, one.Value));
    }

    private Dictionary<int, int> ReadRuns() => File.ReadAllBytes(Runs).CountBy(one => (int)one).ToDictionary();

    private static int Run(string path, int x) => End(Note(path, x));

    private static int Note(string path, int x)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);
        file.WriteByte((byte)x);
        return x;
    }

    private static int End(int x)
    {
        if (x != Poison)
            return Compute(x);
        using var self = Process.GetCurrentProcess();
        self.Kill();
        return x;
    }

    // Long enough to be kept whatever else runs on the machine.
    private static int Compute(int x = 0)
    {
        var watch = Stopwatch.StartNew();
        while (watch.ElapsedMilliseconds < 5)
            Thread.SpinWait(100);
        return x;
    }

    private static int Block()
    {
        using var never = new ManualResetEventSlim();
        never.Wait();
        return 0;
    }

    public sealed record Named(string[] Names, string[] Same);
}
