using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

/// <summary>Many jobs at a time.</summary>
public sealed class ManyJobsTests : PoolScenario
{
    [Fact]
    public async Task A_thousand_jobs_at_once_all_get_their_own_results()
    {
        var pool = CreatePool(4);
        var jobs = Enumerable.Range(0, 1000).Select(i => pool.MapAsync(x => (i * 100) + x, Enumerable.Range(0, i % 17))).ToArray();
        var results = await Task.WhenAll(jobs).Within("all jobs", pool);
        for (var i = 0; i < results.Length; i++)
            Assert.Equal(Enumerable.Range(i * 100, i % 17), results[i]);
        await CheckFullCapacity(pool);
        Assert.Equal(4, pool.Statistics.Started);
    }

    [Fact]
    public async Task A_thousand_jobs_that_are_cancelled_at_once_leave_nothing_behind()
    {
        var pool = CreatePool(4);
        using var cancel = new CancellationTokenSource();
        var gate = new Gate();
        var jobs = Enumerable.Range(0, 1000).Select(_ => pool.MapAsync(async (x, token) =>
        {
            await gate.PassAsync(token);
            return x;
        }, Enumerable.Range(0, 10), cancellationToken: cancel.Token)).ToArray();
        await gate.HasArrived(4, "the first items run", pool);
        await cancel.CancelAsync().Within("cancel");
        foreach (var job in jobs)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("cancelled job", pool));
        await CheckFullCapacity(pool);
        Assert.Equal(0, pool.Statistics.Abandoned);
    }

    [Fact]
    public async Task A_small_job_does_not_wait_for_the_end_of_a_large_one()
    {
        var pool = CreatePool(2);
        var done = false;
        var large = pool.StartMap(x =>
        {
            if (!Volatile.Read(ref done))
                Thread.SpinWait(50);
            return x;
        }, Enumerable.Range(0, 10_000_000).ToArray());
        await Deadline.Until(() => large.Progress.Done > 1000, "the large job runs", pool);
        for (var i = 0; i < 3; i++)
            Assert.Equal(Enumerable.Range(0, 10), await pool.MapAsync(x => x, Enumerable.Range(0, 10)).Within("small job", pool));
        var progress = large.Progress;
        Volatile.Write(ref done, true);
        Assert.False(large.Completion.IsCompleted);
        Assert.InRange(progress.Done, 1000, 5_000_000);
        large.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.Within("large job", pool));
    }

    [Fact]
    public async Task Jobs_of_the_same_kind_share_the_workers_evenly()
    {
        var pool = CreatePool(4);
        await WaitUntilIdle(pool);
        var (first, second) = (new StepByStep(8), new StepByStep(8));
        var options = new JobOptions { ChunkSize = 1 };
        var jobs = new List<Job<int[]>> { pool.StartMap(first.Pass, Enumerable.Range(0, 8), options) };
        await first.HasStarted(4, "the first job has all workers", pool);
        jobs.Add(pool.StartMap(second.Pass, Enumerable.Range(0, 8), options));
        // Only one worker is free at a time, and goes to the job with fewer workers.
        first.Release(0);
        await second.HasStarted(1, "three and one", pool);
        first.Release(1);
        await second.HasStarted(2, "two and two", pool);
        first.Release(2);
        await first.HasStarted(5, "two and two, after an item of the first", pool);
        second.Release(0);
        await second.HasStarted(3, "two and two, after an item of the second", pool);
        Assert.Equal((5, 3), (first.Started, second.Started));
        first.ReleaseAll();
        second.ReleaseAll();
        foreach (var job in jobs)
            Assert.Equal(Enumerable.Range(0, 8), await job.Within("job", pool));
    }

    [Fact]
    public async Task Jobs_of_all_kinds_at_once_do_not_disturb_each_other()
    {
        var pool = CreatePool(3);
        var inputs = Enumerable.Range(0, 300).ToArray();
        var into = new int[300];
        var rounds = Enumerable.Range(0, 20).Select(async round =>
        {
            var options = new JobOptions { ChunkSize = 1 + (round % 7) };
            Assert.Equal(inputs, await pool.MapAsync(x => x, inputs, options).Within("map", pool));
            Assert.Equal(inputs, await pool.MapAsync(x => x, Fixtures.Generated(inputs), options).Within("map of a generator", pool));
            Assert.Equal(inputs, await pool.MapAsync((x, _) => new ValueTask<int>(x), inputs, options).Within("async map", pool));
            Assert.Equal(inputs, await pool.StreamAsync(x => x, inputs, options).ReadAll("stream", pool));
            var unordered = options with { Order = JobOrder.Completion, Window = 20 };
            var streamed = await pool.StreamAsync(x => x, Fixtures.GeneratedAsync(inputs), unordered).ReadAll("unordered", pool);
            Assert.Equal(inputs, streamed.Order());
            Assert.Equal(inputs, await pool.MapChunksAsync(chunk => chunk.ToArray(), inputs, options).Within("chunks", pool));
            var total = await pool.AggregateAsync(() => 0, (sum, x) => sum + x, (a, b) => a + b, inputs, options).Within("aggregate", pool);
            Assert.Equal(inputs.Sum(), total);
            var results = await pool.TryMapAsync(x => x % 50 == 49 ? throw new SayWhenException() : x, inputs, options)
                .Within("try-map", pool);
            Assert.Equal(inputs.Select(x => x % 50 != 49), results.Select(result => result.IsSuccess));
        });
        await Task.WhenAll(rounds).Within("all rounds", pool);
        await pool.MapAsync(x => x, inputs, into.AsMemory()).Within("into", pool);
        Assert.Equal(inputs, into);
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task Gatherers_are_reused_and_those_beyond_a_bound_are_stopped()
    {
        var pool = CreatePool(2);
        for (var round = 0; round < 3; round++)
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => pool.ApplyAsync(Fixtures.Sqr, i))).Within("jobs", pool);
        await WaitUntilIdle(pool);
        var children = CreateTestProbe();
        Sys.ActorSelection("/user/pool/*").Tell(new Identify(1), children);
        Sys.ActorSelection("/user/pool").Tell(new Identify(2), children); // the coordinator itself
        var seen = new HashSet<IActorRef>();
        await AwaitConditionAsync(() =>
        {
            while (children.HasMessages)
                seen.Add(children.ReceiveOne(TimeSpan.Zero) is ActorIdentity { Subject: { } child } ? child : Nobody.Instance);
            return Task.FromResult(seen.Contains(pool.Coordinator) && seen.Count > 1);
        }, Deadline.Limit);
        Assert.InRange(seen.Count, 2, 64 + 4); // the idle gatherers, and coordinator, supervisor, sentinel and Nobody
    }

    /// <summary>A function whose items wait until the test releases them one by one.</summary>
    private sealed class StepByStep(int items)
    {
        private readonly Gate[] _gates = [.. Enumerable.Range(0, items).Select(_ => new Gate())];

        public int Started => _gates.Sum(gate => gate.Arrived);

        public async ValueTask<int> Pass(int item, CancellationToken cancellationToken)
        {
            await _gates[item].PassAsync(cancellationToken);
            return item;
        }

        public Task HasStarted(int count, string phase, WorkerPool pool) => Deadline.Until(() => Started >= count, phase, pool);

        public void Release(int item) => _gates[item].Open();

        public void ReleaseAll() => Array.ForEach(_gates, gate => gate.Open());
    }
}
