using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>Functions that wait for jobs of their pool, in greater number than its workers.</summary>
public sealed class NestingTests : PoolScenario
{
    private const int Depth = 5;
    private const int Breadth = 3;
    private const int Leaves = Breadth * Breadth * Breadth * Breadth * Breadth;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Functions_that_block_on_nested_maps_five_deep_all_end(int workers)
    {
        var pool = CreatePool(workers);
        Assert.Equal(Leaves, await pool.ApplyAsync(Count, Depth).Within("outer job", pool));
        await CheckFullCapacity(pool);

        int Count(int depth) => depth == 0 ? 1 : pool.MapAsync(_ => Count(depth - 1), new int[Breadth]).GetAwaiter().GetResult().Sum();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Functions_that_await_nested_maps_five_deep_all_end(int workers)
    {
        var pool = CreatePool(workers);
        Assert.Equal(Leaves, await pool.ApplyAsync(Count, Depth).Within("outer job", pool));
        await CheckFullCapacity(pool);

        async ValueTask<int> Count(int depth, CancellationToken token) =>
            depth == 0 ? 1 : (await pool.MapAsync((_, inner) => Count(depth - 1, inner), new int[Breadth], cancellationToken: token)).Sum();
    }

    [Theory]
    [InlineData(JobOrder.Input)]
    [InlineData(JobOrder.Completion)]
    public async Task Functions_that_enumerate_nested_streams_all_end(JobOrder order)
    {
        var pool = CreatePool(2);
        var options = new JobOptions { Order = order, Window = 4 };
        var sums = await pool.MapAsync(async (x, token) =>
        {
            var sum = 0;
            await foreach (var y in pool.StreamAsync(i => i * x, Enumerable.Range(0, 50), options, token))
                sum += y;
            return sum;
        }, Enumerable.Range(0, 20)).Within("outer job", pool);
        Assert.Equal(Enumerable.Range(0, 20).Select(x => x * 1225), sums);
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task A_function_may_wait_for_several_nested_jobs_at_once_and_lends_its_slot_once()
    {
        var pool = CreatePool(1, "nested-workers = 1");
        var gate = new Gate();
        var job = pool.ApplyAsync(async token =>
        {
            var jobs = Enumerable.Range(0, 10).Select(i => pool.ApplyAsync(x =>
            {
                gate.Pass();
                return x;
            }, i, cancellationToken: token)).ToArray();
            return await Task.WhenAll(jobs);
        });
        await gate.HasArrived(1, "a nested item runs", pool);
        await Deadline.Until(() => pool.Statistics is { Jobs: 11, Workers: 2 }, "one worker is added, not ten", pool);
        gate.Open();
        Assert.Equal(Enumerable.Range(0, 10), await job.Within("outer job", pool));
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task Nesting_deeper_than_there_are_workers_to_loan_fails_and_says_what_to_do()
    {
        var pool = CreatePool(1, "nested-workers = 2");
        var failure = await Assert.ThrowsAsync<WorkItemException>(() => pool.ApplyAsync(Nest, 5).Within("outer job", pool));
        var innermost = failure.GetBaseException();
        Assert.IsType<InvalidOperationException>(innermost);
        Assert.Contains("actorpool.nested-workers", innermost.Message, StringComparison.Ordinal);
        await CheckFullCapacity(pool);
        Assert.Equal(0, await pool.ApplyAsync(Nest, 2).Within("a shallow one", pool));

        async ValueTask<int> Nest(int depth, CancellationToken token) =>
            depth == 0 ? 0 : await pool.ApplyAsync(Nest, depth - 1, cancellationToken: token);
    }

    [Fact]
    public async Task A_closed_pool_runs_the_nested_jobs_of_its_last_job()
    {
        var pool = CreatePool(2);
        var gate = new Gate();
        var job = pool.ApplyAsync(async token =>
        {
            await gate.PassAsync(token);
            return await pool.MapAsync(x => x, Enumerable.Range(0, 5), cancellationToken: token);
        });
        await gate.HasArrived(1, "outer item runs", pool);
        var closed = pool.CloseAsync();
        Assert.Throws<InvalidOperationException>(() => { _ = pool.ApplyAsync(() => 1); });
        gate.Open();
        Assert.Equal(Enumerable.Range(0, 5), await job.Within("outer job", pool));
        await closed.Within("close", pool);
    }

    [Fact]
    public async Task Cancelling_the_outer_job_gives_its_slot_back_though_the_nested_one_goes_on()
    {
        var pool = CreatePool(1);
        var gate = new Gate();
        var nested = new TaskCompletionSource<Task<int>>();
        var job = pool.StartMap(async (_, token) =>
        {
            var inner = pool.ApplyAsync(async _ =>
            {
                await gate.PassAsync(CancellationToken.None);
                return 5;
            }, cancellationToken: CancellationToken.None);
            nested.SetResult(inner);
            await inner.WaitAsync(token);
            return 1;
        }, new int[1]);
        await gate.HasArrived(1, "nested item runs", pool);
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("outer job", pool));
        gate.Open();
        Assert.Equal(5, await (await nested.Task.Within("nested job")).Within("nested result", pool));
        await CheckFullCapacity(pool);
    }
}
