using ActorPool.Chunking;

namespace ActorPool.Tests.Chunking;

/// <summary>What a chunk's size is said to come from.</summary>
public sealed class ChunkSizeReasonTests
{
    private const int Max = 100_000;
    private static readonly TimeSpan s_target = TimeSpan.FromMilliseconds(2);

    [Fact]
    public void A_size_of_the_callers_is_the_callers() =>
        Assert.Equal((7, ChunkSizeReason.Caller), Next(new ChunkSizer(7, s_target, Max), 1000, workers: 2));

    [Fact]
    public void The_first_chunk_has_one_item_since_nothing_was_measured()
    {
        Assert.Equal((1, ChunkSizeReason.FirstItems), Next(Create(), 1_000_000, workers: 2));
        Assert.Equal((1, ChunkSizeReason.FirstItems), Next(Create(), remaining: null, workers: 2));
    }

    [Fact]
    public void A_job_of_few_items_says_so_to_its_end()
    {
        var sizer = Create();
        Assert.Equal((1, ChunkSizeReason.FewItems), Next(sizer, 4, workers: 4));
        sizer.Record(1, TimeSpan.FromMicroseconds(1));

        Assert.Equal(ChunkSizeReason.FewItems, Next(sizer, 1, workers: 4).Reason);
    }

    [Fact]
    public void A_size_grows_from_what_was_measured_to_the_target_time()
    {
        var sizer = Create();
        sizer.Record(1, TimeSpan.FromMicroseconds(100)); // the target: 20 items
        Assert.Equal((8, ChunkSizeReason.Growth), Next(sizer, 1_000_000, workers: 2));
        sizer.Record(8, TimeSpan.FromMicroseconds(800));
        Assert.Equal((20, ChunkSizeReason.TargetTime), Next(sizer, 1_000_000, workers: 2));
        sizer.Record(1, TimeSpan.FromMicroseconds(100)); // a short chunk takes nothing back
        Assert.Equal((20, ChunkSizeReason.TargetTime), Next(sizer, 1_000_000, workers: 2));
        sizer.Record(20, TimeSpan.FromMilliseconds(20));
        Assert.Equal((2, ChunkSizeReason.TargetTime), Next(sizer, 1_000_000, workers: 2));
    }

    [Fact]
    public void Towards_the_end_a_chunk_is_a_share_and_then_as_short_as_is_worth_it()
    {
        var sizer = Measured(TimeSpan.FromMicroseconds(2)); // the target: 1,000 items
        Assert.Equal((1000, ChunkSizeReason.TargetTime), Next(sizer, 100_000, workers: 2));
        Assert.Equal((500, ChunkSizeReason.Share), Next(sizer, 8000, workers: 2));
        Assert.Equal((31, ChunkSizeReason.Floor), Next(sizer, 100, workers: 2));

        Assert.Equal((1, ChunkSizeReason.Share), Next(Measured(TimeSpan.FromMilliseconds(0.5)), 8, workers: 2));
    }

    [Fact]
    public void With_many_workers_a_chunk_is_as_long_as_handing_one_to_each()
    {
        var sizer = Measured(TimeSpan.FromMilliseconds(1)); // the target: 2 items; a round of 4,096 workers: 41 ms
        Assert.Equal((40, ChunkSizeReason.ManyWorkers), Next(sizer, 100_000, workers: 4096));
    }

    [Fact]
    public void Bytes_and_the_window_bound_a_chunk()
    {
        var sizer = Measured(TimeSpan.FromMicroseconds(2));
        sizer.RecordBytes(10, 1000, limit: 5000);
        Assert.Equal((50, ChunkSizeReason.Bytes), Next(sizer, 1_000_000, workers: 2));

        var bounded = new ChunkSizer(null, s_target, 100);
        bounded.Record(1000, TimeSpan.FromMilliseconds(2));
        Assert.Equal((100, ChunkSizeReason.Window), Next(bounded, remaining: null, workers: 2));
    }

    [Fact]
    public void Earlier_jobs_of_the_function_give_the_first_sizes()
    {
        var known = new FunctionCost();
        for (var i = 0; i < 8; i++)
            known.Record(500, 0.001);
        var sizer = new ChunkSizer(null, s_target, Max, known);

        Assert.Equal((250, ChunkSizeReason.EarlierJobs), Next(sizer, 1000, workers: 2));
        sizer.Record(250, TimeSpan.FromMicroseconds(250));
        Assert.Equal(ChunkSizeReason.TargetTime, Next(sizer, 1_000_000, workers: 2).Reason);
    }

    private static ChunkSizer Create() => new(null, s_target, Max);

    /// <summary>A chooser that has seen long chunks with items of one length.</summary>
    private static ChunkSizer Measured(TimeSpan each)
    {
        var sizer = Create();
        sizer.Record(1000, each * 1000);
        return sizer;
    }

    private static (int Size, ChunkSizeReason Reason) Next(ChunkSizer sizer, long? remaining, int workers) =>
        (sizer.Next(remaining, workers), sizer.Reason);
}
