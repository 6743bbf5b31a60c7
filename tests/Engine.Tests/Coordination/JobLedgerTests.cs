using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Hosting;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Coordination;

public sealed class JobLedgerTests
{
    private static readonly JobOptions s_chunksOfFour = new() { ChunkSize = 4 };

    [Fact]
    public void Chunks_are_taken_in_order_until_the_inputs_are_exhausted()
    {
        var ledger = Plans.Ledger(Plans.Map(10, s_chunksOfFour));
        Assert.Equal((0, 4), Taken(ledger));
        Assert.Equal((4, 4), Taken(ledger));
        Assert.Equal((8, 2), Taken(ledger));
        Assert.Null(Take(ledger));
        Assert.Equal(3, ledger.Out.Count);
    }

    [Fact]
    public void A_worker_gets_no_more_items_than_it_may_still_take()
    {
        var ledger = Plans.Ledger(Plans.Map(10, s_chunksOfFour));
        Assert.Equal((0, 3), Taken(ledger, most: 3));
        Assert.Equal((3, 1), Taken(ledger, most: 1));
        Assert.Equal((4, 4), Taken(ledger, most: 100));
    }

    [Fact]
    public void A_chunk_that_is_one_item_counts_as_one()
    {
        var ledger = Plans.Ledger(Plans.MapChunks(10, s_chunksOfFour));
        Assert.Equal((0, 4), Taken(ledger, most: 1));
    }

    [Fact]
    public void A_lease_is_settled_once()
    {
        var ledger = Plans.Ledger(Plans.Map(10, s_chunksOfFour));
        var lease = Take(ledger)!;
        Assert.True(ledger.TrySettle(lease, TimeSpan.Zero));
        Assert.False(ledger.TrySettle(lease, TimeSpan.Zero));
        ledger.PutBack(lease, settled: 0, blamed: true);
        Assert.False(ledger.HasAgain);
    }

    [Fact]
    public void Items_that_threw_run_again_one_by_one_before_new_ones()
    {
        var ledger = Plans.Ledger(Plans.Map(10, s_chunksOfFour));
        var lease = Claimed(Take(ledger)!, worker: 5);
        lease.AddAgain(1);
        lease.AddAgain(3);
        ledger.TrySettle(lease, TimeSpan.Zero);
        var (first, second) = (Take(ledger)!, Take(ledger)!);
        Assert.Equal((1, 1, 2), (first.Chunk.Start, first.Chunk.Count, first.Attempt));
        Assert.Equal((3, 1, 2), (second.Chunk.Start, second.Chunk.Count, second.Attempt));
        Assert.Equal((4, 4), Taken(ledger));
    }

    [Fact]
    public void A_worker_that_failed_at_an_item_gets_it_again_only_when_there_is_no_other()
    {
        var ledger = Plans.Ledger(Plans.Map(4, s_chunksOfFour));
        var lease = Claimed(Take(ledger, worker: 5)!, worker: 5);
        lease.AddAgain(1);
        ledger.TrySettle(lease, TimeSpan.Zero);
        Assert.Null(ledger.TryTake(worker: 5, most: 10, workers: 2, choosy: true));
        Assert.Equal(1, ledger.TryTake(worker: 6, most: 10, workers: 2, choosy: true)!.Chunk.Start);

        lease = Claimed(ledger.Out.Single(), worker: 6);
        lease.AddAgain(0);
        ledger.TrySettle(lease, TimeSpan.Zero);
        Assert.Equal(3, ledger.TryTake(worker: 6, most: 10, workers: 1, choosy: false)!.Attempt);
    }

    [Fact]
    public void Of_a_lost_chunk_the_running_item_goes_back_alone_and_to_blame_the_rest_together()
    {
        var ledger = Plans.Ledger(Plans.Map(10, new JobOptions { ChunkSize = 6 }));
        var lease = Claimed(Take(ledger)!, worker: 1);
        ledger.PutBack(lease, settled: 2, blamed: true);
        var (suspect, rest) = (Take(ledger)!, Take(ledger)!);
        Assert.Equal((2, 1, 1, 1), (suspect.Chunk.Start, suspect.Chunk.Count, suspect.Losses, suspect.Attempt));
        Assert.Equal((3, 3, 0, 1), (rest.Chunk.Start, rest.Chunk.Count, rest.Losses, rest.Attempt));
    }

    [Fact]
    public void A_lost_chunk_that_nobody_had_begun_goes_back_whole_and_nobody_is_to_blame()
    {
        var ledger = Plans.Ledger(Plans.Map(10, s_chunksOfFour));
        ledger.PutBack(Take(ledger)!, settled: 0, blamed: false);
        var again = Take(ledger)!;
        Assert.Equal((0, 4, 0, 1), (again.Chunk.Start, again.Chunk.Count, again.Losses, again.Attempt));
    }

    [Fact]
    public void A_lost_chunk_whose_items_all_have_outcomes_leaves_nothing_to_be_dealt_again()
    {
        var ledger = Plans.Ledger(Plans.Map(4, s_chunksOfFour));
        ledger.PutBack(Claimed(Take(ledger)!, worker: 1), settled: 4, blamed: true);
        Assert.False(ledger.HasAgain);
        Assert.Empty(ledger.Out);
    }

    [Fact]
    public void A_chunk_that_is_dealt_again_is_cut_to_what_its_worker_may_take()
    {
        var ledger = Plans.Ledger(Plans.Map(4, s_chunksOfFour));
        ledger.PutBack(Take(ledger)!, settled: 0, blamed: false);
        Assert.Equal((0, 3), Taken(ledger, most: 3));
        Assert.Equal((3, 1), Taken(ledger, most: 3));
        Assert.Null(Take(ledger));
    }

    [Fact]
    public void A_window_opens_with_what_is_done_and_a_consumers_with_what_it_has_taken()
    {
        var options = new JobOptions { ChunkSize = 2, Window = 4 };
        var done = Plans.Ledger(Plans.Map(Source(100), options));
        var consumed = Plans.Ledger(Plans.Map(Source(100), options, awaitsConsumer: true));
        foreach (var ledger in new[] { done, consumed })
        {
            var first = Take(ledger)!;
            Assert.NotNull(Take(ledger));
            Assert.Null(Take(ledger));
            ledger.TrySettle(first, TimeSpan.Zero);
        }
        Assert.Equal((4, 2), Taken(done));
        Assert.Null(Take(done));
        Assert.Null(Take(consumed));
        consumed.Release(1);
        Assert.Equal((4, 1), Taken(consumed));
        Assert.Null(Take(consumed));
    }

    [Fact]
    public void Inputs_in_memory_whose_results_are_kept_need_no_window()
    {
        var ledger = Plans.Ledger(Plans.Map(10, new JobOptions { ChunkSize = 3, Window = 1 }));
        Assert.Equal((0, 3), Taken(ledger));
        Assert.Equal((3, 3), Taken(ledger));
    }

    [Fact]
    public void With_a_narrow_window_adaptive_chunks_leave_room_for_the_other_workers()
    {
        var ledger = Plans.Ledger(Plans.Map(Source(1000), new JobOptions { Window = 40 }));
        for (var i = 0; i < 10; i++)
        {
            var lease = ledger.TryTake(0, int.MaxValue, workers: 4, choosy: false)!;
            Assert.InRange(lease.Chunk.Count, 1, 40 / (2 * 4));
            ledger.TrySettle(lease, TimeSpan.Zero);
        }
    }

    [Fact]
    public void An_item_that_runs_again_keeps_its_place_in_the_window()
    {
        var ledger = Plans.Ledger(Plans.Map(Source(100), new JobOptions { ChunkSize = 2, Window = 4, Retries = 1 }));
        var lease = Claimed(Take(ledger)!, worker: 1);
        lease.AddAgain(0);
        ledger.TrySettle(lease, TimeSpan.Zero);
        Assert.Equal(5, ledger.Allowed(workers: 1));
    }

    [Fact]
    public void An_item_that_runs_again_after_its_timeout_keeps_its_place_in_the_window()
    {
        var ledger = Plans.Ledger(Plans.Map(Source(100), new JobOptions { ChunkSize = 2, Window = 4, Retries = 1 }));
        var lease = Claimed(Take(ledger)!, worker: 1);
        lease.TryRevoke();
        lease.AddAgain(0);
        ledger.PutBack(lease, settled: 1, blamed: false);
        Assert.Equal(4, ledger.Allowed(workers: 1));
        var again = Claimed(Take(ledger)!, worker: 2);
        Assert.Equal((0, 1, 2), (again.Chunk.Start, again.Chunk.Count, again.Attempt));
        ledger.TrySettle(again, TimeSpan.Zero);
        Assert.Equal(5, ledger.Allowed(workers: 1));
    }

    [Fact]
    public void Adaptive_chunks_have_room_for_several_in_the_window_of_every_worker()
    {
        var settings = PoolSettings.Read(new WorkerPoolOptions { Workers = 4, Config = "actorpool.stream.max-window = 4000" }, PoolConfig.ForOwnSystem(new WorkerPoolOptions { Config = "actorpool.stream.max-window = 4000" }));

        Assert.Equal(250, JobLedger.LargestChunk(Plans.Map(Source(10), new JobOptions()), settings, workers: settings.Workers));
        Assert.Equal(1, JobLedger.LargestChunk(Plans.Map(Source(10), new JobOptions()), settings with { StreamMaxWindow = 2 }, workers: settings.Workers));
    }

    [Fact]
    public void Inputs_in_memory_have_no_window_that_would_bound_a_chunk() =>
        Assert.Equal(int.MaxValue, JobLedger.LargestChunk(Plans.Map(10), PoolSettings.Read(new WorkerPoolOptions(), PoolConfig.ForOwnSystem(new WorkerPoolOptions())), workers: 2));

    internal static EnumeratedInput<int> Source(int items)
    {
        var input = new EnumeratedInput<int>(new CountingSource(items));
        input.Allow(long.MaxValue);
        Assert.True(input.ReadAsync().AsTask().IsCompletedSuccessfully);
        return input;
    }

    internal static Lease Claimed(Lease lease, int worker)
    {
        Assert.True(lease.TryClaim(worker));
        return lease;
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(50, 3)]
    [InlineData(64 * 64, 3)]
    [InlineData(64 * 64 * 2, 4)]
    public void An_item_that_stops_each_node_is_alone_before_it_is_given_up(int items, int expectedLosses)
    {
        const int limit = 3;
        var plan = Plans.Map(items);
        var ledger = new JobLedger(plan, new ChunkSizer(items, TimeSpan.FromMilliseconds(2), most: items), 1000);
        var poison = items / 3;
        var losses = 0;

        for (var lease = Take(ledger)!; ; lease = Take(ledger)!)
        {
            if (lease.Chunk.Start > poison || lease.Chunk.Start + lease.Chunk.Count <= poison)
            {
                Assert.True(lease.TryClaim(0) && lease.TryReport());
                ledger.TrySettle(lease, TimeSpan.Zero);
                continue;
            }
            losses++;
            if (lease.Chunk.Count == 1 && lease.Losses + 1 >= limit)
                break;
            ledger.PutBackFromNode(lease, limit);
        }

        Assert.Equal(expectedLosses, losses);
    }

    private static Lease? Take(JobLedger ledger, int worker = 0, int most = int.MaxValue) => ledger.TryTake(worker, most, workers: 1, choosy: false);

    private static (long Start, int Count)? Taken(JobLedger ledger, int most = int.MaxValue) =>
        Take(ledger, most: most) is { } lease ? (lease.Chunk.Start, lease.Chunk.Count) : null;
}
