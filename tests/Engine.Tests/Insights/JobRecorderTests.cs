using ActorPool.Insights;

namespace ActorPool.Tests.Insights;

/// <summary>What is kept of a job, and how much at most.</summary>
public sealed class JobRecorderTests
{
    private readonly JobRecorder _recorder = new();

    [Fact]
    public void The_newest_chunks_are_kept_in_order_and_the_others_counted()
    {
        for (var i = 0; i < ChunkLog.MaxChunks + 500; i++)
            Record(i, count: 1, work: 0.001);

        var insights = Describe();

        Assert.Equal(500, insights.OmittedChunks);
        Assert.Equal(Enumerable.Range(500, ChunkLog.MaxChunks).Select(i => (long)i), insights.Chunks.Select(chunk => chunk.Start));
        Assert.Equal(ChunkLog.MaxChunks + 500, insights.Histogram.Counts.Sum());
    }

    [Fact]
    public void The_slowest_are_those_with_the_longest_items_not_the_longest_chunks()
    {
        var random = new Random(1);
        var all = Enumerable.Range(0, 1000).Select(i => (Start: 10L * i, Count: random.Next(1, 10), Work: random.NextDouble())).ToList();
        foreach (var (start, count, work) in all)
            Record(start, count, work);

        var naive = all.OrderByDescending(one => (float)one.Work / one.Count).Take(ChunkSummary.MaxSlow).Select(one => one.Start);

        Assert.Equal(naive, Describe().Slowest.Select(slow => slow.Start));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.9e-6, 0)]
    [InlineData(1.1e-6, 1)]
    [InlineData(0.5, 18)] // between 0.464 s and 1 s
    [InlineData(5000, 28)]
    public void An_item_is_counted_between_the_edges_around_its_time(double seconds, int place)
    {
        Record(0, count: 3, work: 3 * seconds);

        var histogram = Describe().Histogram;

        Assert.Equal(3, histogram.Counts[place]);
        Assert.True(place == 0 || histogram.Edges[place - 1].TotalSeconds <= seconds);
        Assert.True(place == histogram.Edges.Count || seconds <= histogram.Edges[place].TotalSeconds);
    }

    [Fact]
    public void Failures_of_items_that_run_again_are_no_longer_in_the_groups()
    {
        var failures = Enumerable.Range(0, 40)
            .Select(i => new WorkItemException(i, "worker-1", 1, new FormatException($"no {i}"))).ToList();
        _recorder.RecordFailures(failures);
        Assert.Equal((40L, "no 0"), (Describe().Failures.Single().Count, Describe().Failures.Single().Message));

        _recorder.ReplaceFailures([failures[35], failures[30]]);

        var group = Describe().Failures.Single();
        Assert.Equal((2L, "no 30"), (group.Count, group.Message));
        Assert.Equal([30L, 35], group.Indices);
        _recorder.ReplaceFailures([]);
        Assert.Empty(Describe().Failures);
    }

    [Fact]
    public void What_is_kept_no_longer_still_counts()
    {
        for (var i = 0; i < 3 * ChunkLog.MaxChunks; i++)
            Record(i, count: 2, work: i == 7 ? 100 : 0.002, holder: i % 3);

        var insights = Describe();

        Assert.Equal(2 * ChunkLog.MaxChunks, insights.OmittedChunks);
        Assert.Equal(7, insights.Slowest[0].Start);
        Assert.Equal(6 * ChunkLog.MaxChunks, insights.Holders.Sum(holder => holder.Items));
        Assert.Equal(6 * ChunkLog.MaxChunks, insights.Histogram.Counts.Sum());
        Assert.Equal(3 * ChunkLog.MaxChunks, Assert.Single(insights.ChunkSizes).Count);
        Assert.Equal(insights.Holders, Describe().Holders); // looking changes nothing
    }

    [Fact]
    public void More_holders_than_are_kept_share_one_name()
    {
        for (var i = 0; i < 1000; i++)
            Record(i, count: 1, work: 1, holder: i);

        var holders = Describe().Holders;

        Assert.Equal(256, holders.Count);
        Assert.Equal(("others", 745L), (holders[^1].Name, holders[^1].Items));
        Assert.Equal(1000, holders.Sum(holder => holder.Items));
    }

    [Fact]
    public void Processes_that_run_one_chunk_each_keep_their_names()
    {
        for (var i = 0; i < 10 * ChunkLog.MaxChunks; i++)
            _recorder.Record(new RecordedChunk(i, 1, 1, ChunkState.Done, i, $"process-{i}", 0, 1, 1), default, requeued: 0);

        Assert.All(Describe().Chunks, chunk => Assert.Equal($"process-{chunk.Start}", chunk.Holder));
    }

    [Fact]
    public void A_node_that_comes_back_is_the_same_holder()
    {
        _recorder.Record(new RecordedChunk(0, 1, 1, ChunkState.Requeued, 3, "10.0.0.5:8110", 0, 1, 0), default, requeued: 1);
        _recorder.Record(new RecordedChunk(0, 1, 1, ChunkState.Done, 9, "10.0.0.5:8110", 1, 2, 1), default, requeued: 0);

        Assert.Equal(new HolderInsight("10.0.0.5:8110", 1, 1, TimeSpan.FromSeconds(1), 1), Assert.Single(Describe().Holders));
    }

    [Fact]
    public void Chunk_sizes_are_told_by_powers_of_two()
    {
        foreach (var count in new[] { 1, 8, 9, 15, 64, 100, 3, 2, 1 })
            Record(0, count, work: 1);

        Assert.Equal(
            [(1, 1L), (8, 3L), (64, 2L), (3, 2L), (1, 1L)], Describe().ChunkSizes.Select(step => (step.Size, step.Count)));
    }

    [Theory]
    [InlineData(2e-6, 0, 0, "Items take 2 µs: MapChunksAsync")]
    [InlineData(0.001, 0.0001, 0.02, "95 % of the time the workers had nothing to do")]
    [InlineData(0.001, 0.015, 0.018, "75 % of the time went into writing inputs")]
    public void Advice_names_what_costs_most(double each, double serializing, double away, string sentence)
    {
        for (var i = 0; i < 2000; i++)
        {
            _recorder.Record(
                new RecordedChunk(i, 1, 1, ChunkState.Done, 0, "n", i, i + 1, each), new RoundTrip(away, serializing), requeued: 0);
        }

        Assert.Contains(sentence, Assert.Single(Describe().Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_that_wait_at_busy_nodes_cost_nothing()
    {
        for (var i = 0; i < 2000; i++)
        {
            _recorder.Record(new RecordedChunk(i, 1, 1, ChunkState.Done, 0, "n", i, i + 1, 0.02), new RoundTrip(1, 0), requeued: 0);
        }

        Assert.Equal(new JobTimes(TimeSpan.FromSeconds(40), TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero), Describe().Time);
        Assert.Empty(Describe().Advice);
    }

    [Fact]
    public void Waiting_for_workers_that_others_had_is_told_apart_from_transfer()
    {
        for (var i = 0; i < 20; i++)
        {
            _recorder.Record(
                new RecordedChunk(i, 1, 1, ChunkState.Done, 0, "n", i, i + 1, 0.2) { Waited = 0.7 },
                new RoundTrip(1, 0) { TakenByOthers = 1.2 }, requeued: 0);
        }

        var insights = Describe(); // 40 s of workers

        Assert.Equal((4, 24, 2), (Round(insights.Time.Working), Round(insights.Time.Waiting), Round(insights.Time.Transferring)));
        Assert.Equal(10, Round(insights.Time.Idle));
        Assert.All(insights.Chunks, chunk => Assert.Equal(0.7, chunk.Waited.TotalSeconds, 0.001));
        Assert.StartsWith("60 % of the time the workers of the nodes ran chunks of other pools", Assert.Single(insights.Advice),
            StringComparison.Ordinal);

        static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
    }

    [Fact]
    public void A_good_job_gets_no_advice()
    {
        for (var i = 0; i < 2000; i++)
            Record(i, count: 1, work: 0.01);

        Assert.Empty(Describe().Advice);
    }

    [Fact]
    public void The_last_long_item_is_named()
    {
        for (var i = 0; i < 100; i++)
            Record(i, count: 1, work: 0.01);
        Record(100, count: 1, work: 8);

        var sentence = Assert.Single(Describe(elapsed: 10, done: 101).Advice);
        Assert.StartsWith("Item 100 took 8 s of the job's 10 s", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JobState.Running, true)]
    [InlineData(JobState.Succeeded, false)]
    [InlineData(JobState.Failed, false)]
    public void Only_a_job_that_runs_waits_for_workers(JobState state, bool waits)
    {
        Record(0, count: 1, work: 1);
        var progress = new JobProgress(1, 0, 0, 10, TimeSpan.FromSeconds(20)) { State = state };

        var advice = _recorder.AddTo(JobRecorder.Describe("F", error: null, progress), [], workers: 0, TimeSpan.FromSeconds(20)).Advice;

        Assert.Equal(waits, advice.Any(sentence => sentence.StartsWith("The job waits for workers", StringComparison.Ordinal)));
    }

    private void Record(long start, int count, double work, int holder = 0) => _recorder.Record(
        new RecordedChunk(start, count, 1, ChunkState.Done, holder, $"worker-{holder}", 0, work, work), default, requeued: 0);

    private JobInsights Describe(double elapsed = 20, long done = 2000) => _recorder.AddTo(
        JobRecorder.Describe(
            "F", error: null, new JobProgress(done, 0, 0, done, TimeSpan.FromSeconds(elapsed)) { State = JobState.Succeeded }),
        [], workers: 2, available: TimeSpan.FromSeconds(2 * elapsed));
}
