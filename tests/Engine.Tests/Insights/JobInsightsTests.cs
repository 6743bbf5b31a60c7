using ActorPool.Jobs;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Insights;

/// <summary>What a job tells of itself, from real pools.</summary>
public sealed class JobInsightsTests
{
    [Fact]
    public async Task A_job_that_has_ended_tells_each_chunk_and_who_ran_it()
    {
        await using var pool = WorkerPool.Create(2);
        var job = pool.StartMap(x => x + 1, Enumerable.Range(0, 100), new JobOptions { ChunkSize = 10, Name = "add" });
        await job.Completion.Within("the job", pool);

        var insights = job.Insights;

        Assert.Equal(("add", JobState.Succeeded, null), (insights.Name, insights.State, insights.Error));
        Assert.Contains(nameof(A_job_that_has_ended_tells_each_chunk_and_who_ran_it), insights.Function, StringComparison.Ordinal);
        Assert.Equal(100, insights.Progress.Done);
        // The last chunk may still be on its way to the coordinator when the caller has its answer.
        await Deadline.Until(() => job.Insights.Chunks.Count == 10, "the last chunk", pool);
        insights = job.Insights;
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 10L * i), insights.Chunks.Select(chunk => chunk.Start).Order());
        Assert.All(insights.Chunks, chunk =>
        {
            Assert.Equal((10, ChunkState.Done, 1), (chunk.Count, chunk.State, chunk.Attempt));
            Assert.Equal(ChunkSizeReason.Caller, chunk.SizeReason);
            Assert.StartsWith("worker-", chunk.Holder, StringComparison.Ordinal);
            Assert.True(chunk.Begin <= chunk.End);
        });
        Assert.Equal(100, insights.Holders.Sum(holder => holder.Items));
        Assert.Equal(100, insights.Histogram.Counts.Sum());
        Assert.Equal(insights.Histogram.Edges.Count + 1, insights.Histogram.Counts.Count);
        Assert.Equal(
            new ChunkSizeStep(insights.ChunkSizes[0].From, 10, 10) { Reason = ChunkSizeReason.Caller }, Assert.Single(insights.ChunkSizes));
        Assert.Equal(0, insights.Requeued);
    }

    [Fact]
    public async Task Each_chunk_tells_why_it_has_its_size()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, MaxTasksPerWorker = 6 });
        var failed = false;

        var few = await RunAsync(pool, [1], x => x);
        var chosen = await RunAsync(pool, Enumerable.Range(0, 20).ToArray(), x => x, new JobOptions { ChunkSize = 4 });
        var retried = await RunAsync(
            pool, [0, 1], x => x == 0 && !Interlocked.Exchange(ref failed, true) ? throw new FormatException() : x,
            new JobOptions { ChunkSize = 1, Retries = 1 });

        Assert.Empty(few); // nothing is recorded of the only chunk of a job
        Assert.Contains((4, ChunkSizeReason.Caller), chosen);
        Assert.Contains((2, ChunkSizeReason.WorkerLimit), chosen);
        Assert.Contains((1, ChunkSizeReason.Again), retried);
        Assert.Equal(2, retried.Count(chunk => chunk.Reason == ChunkSizeReason.Caller));

        async Task<IReadOnlyList<(int Count, ChunkSizeReason Reason)>> RunAsync(
            WorkerPool pool, int[] inputs, Func<int, int> function, JobOptions? options = null)
        {
            var job = pool.StartMap(function, inputs, options);
            await job.Completion.Within("the job", pool);
            await Deadline.Until(
                () => inputs.Length == 1 || job.Insights.Chunks.Sum(chunk => chunk.Count) >= inputs.Length, "its chunks", pool);
            return [.. job.Insights.Chunks.Select(chunk => (chunk.Count, chunk.SizeReason))];
        }
    }

    [Fact]
    public async Task Failures_are_grouped_by_type_and_place_with_their_indices()
    {
        await using var pool = WorkerPool.Create(2);
        var job = pool.StartMap(Fail, Enumerable.Range(0, 50), new JobOptions { ChunkSize = 1 });
        await Assert.ThrowsAsync<WorkItemException>(() => job.Completion.Within("the job", pool));
        Assert.Equal(JobState.Failed, job.Insights.State);
        Assert.Contains("Item ", job.Insights.Error, StringComparison.Ordinal);

        var results = await pool.TryMapAsync(Fail, Enumerable.Range(0, 50), new JobOptions { Name = "many" }).Within("the map", pool);

        Assert.Equal(25 + 17 - 9, results.Count(result => !result.IsSuccess));
        var insights = pool.State.Archive.ToList().Last(one => one.Summary.Name.Equals("many", StringComparison.Ordinal)).Describe();
        Assert.Equal(
            [typeof(FormatException).FullName!, typeof(TimeoutException).FullName!], insights.Failures.Select(group => group.Type),
            StringComparer.Ordinal);
        Assert.Equal([25L, 8L], insights.Failures.Select(group => group.Count));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => 2L * i), insights.Failures[0].Indices);
        Assert.Contains(nameof(Fail), insights.Failures[0].Stack, StringComparison.Ordinal);
        Assert.Contains("item 0: input 0", insights.Advice[0], StringComparison.Ordinal);

        static int Fail(int x) =>
            x % 2 == 0 ? throw new FormatException($"input {x}") : x % 3 == 0 ? throw new TimeoutException() : x;
    }

    [Fact]
    public async Task A_running_job_tells_how_far_it_is_and_a_cancelled_one_that_it_was()
    {
        await using var pool = WorkerPool.Create(1);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = pool.StartMap(
            async (int x, CancellationToken token) =>
            {
                if (x > 0)
                    await gate.Task.WaitAsync(token);
                return x;
            },
            [0, 1], new JobOptions { ChunkSize = 1 });

        await Deadline.Until(() => job.Insights.Progress.Done == 1, "the first item", pool);
        Assert.Equal(JobState.Running, job.Insights.State);
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end", pool));

        Assert.Equal((JobState.Cancelled, null), (job.Insights.State, job.Insights.Error));
        Assert.Equal(JobState.Cancelled, Assert.Single(pool.State.Archive.ToList()).Summary.State);
    }

    [Fact]
    public async Task Short_jobs_that_succeed_are_not_kept_and_the_others_are_bounded()
    {
        await using var pool = WorkerPool.Create(1);
        var archive = pool.State.Archive;
        for (var i = 0; i < 2 * JobArchive.MaxJobs; i++)
            await Assert.ThrowsAsync<WorkItemException>(() => pool.ApplyAsync<int, int>(_ => throw new FormatException("no"), 1));

        Assert.Equal(JobArchive.MaxJobs, archive.ToList().Count);
        Assert.All(archive.ToList(), job => Assert.Equal(JobState.Failed, job.Summary.State));
    }
}
