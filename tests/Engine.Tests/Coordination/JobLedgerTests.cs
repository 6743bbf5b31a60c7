using ActorPool.Chunking;
using ActorPool.Configuration;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.Tests.Jobs;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Coordination;

public sealed class JobLedgerTests
{
    private static readonly JobOptions s_chunksOfFour = new() { ChunkSize = 4 };

    [Fact]
    public void Chunks_are_taken_in_order_until_the_inputs_are_exhausted()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(10, s_chunksOfFour));
        Assert.Equal((0, 4), TakeRange(ledger));
        Assert.Equal((4, 4), TakeRange(ledger));
        Assert.Equal((8, 2), TakeRange(ledger));
        Assert.Null(Take(ledger));
        Assert.Equal(3, ledger.InFlight.Count);
    }

    [Fact]
    public void A_worker_gets_no_more_items_than_it_may_still_take()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(10, s_chunksOfFour));
        Assert.Equal((0, 3), TakeRange(ledger, max: 3));
        Assert.Equal((3, 1), TakeRange(ledger, max: 1));
        Assert.Equal((4, 4), TakeRange(ledger, max: 100));
    }

    [Fact]
    public void A_chunk_that_is_one_item_counts_as_one()
    {
        var ledger = TestJobs.Ledger(TestJobs.MapChunks(10, s_chunksOfFour));
        Assert.Equal((0, 4), TakeRange(ledger, max: 1));
    }

    [Fact]
    public void A_lease_is_settled_once()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(10, s_chunksOfFour));
        var lease = Take(ledger)!;
        Assert.True(ledger.TrySettle(lease));
        Assert.False(ledger.TrySettle(lease));
        ledger.Requeue(lease, settled: 0, countLoss: true);
        Assert.False(ledger.HasRequeued);
    }

    [Fact]
    public void Items_that_threw_run_again_one_by_one_before_new_ones()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(10, s_chunksOfFour));
        var lease = Claim(Take(ledger)!, worker: 5);
        lease.AddRetry(1);
        lease.AddRetry(3);
        ledger.TrySettle(lease);
        var (first, second) = (Take(ledger)!, Take(ledger)!);
        Assert.Equal((1, 1, 2), (first.Chunk.Start, first.Chunk.Count, first.Attempt));
        Assert.Equal((3, 1, 2), (second.Chunk.Start, second.Chunk.Count, second.Attempt));
        Assert.Equal((4, 4), TakeRange(ledger));
    }

    [Fact]
    public void A_worker_that_failed_at_an_item_gets_it_again_only_if_there_is_no_other()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(4, s_chunksOfFour));
        var lease = Claim(Take(ledger, worker: 5)!, worker: 5);
        lease.AddRetry(1);
        ledger.TrySettle(lease);
        Assert.Null(ledger.TryTake(worker: 5, max: 10, workers: 2, avoidFailedWorker: true));
        Assert.Equal(1, ledger.TryTake(worker: 6, max: 10, workers: 2, avoidFailedWorker: true)!.Chunk.Start);

        lease = Claim(ledger.InFlight.Single(), worker: 6);
        lease.AddRetry(0);
        ledger.TrySettle(lease);
        Assert.Equal(3, ledger.TryTake(worker: 6, max: 10, workers: 1, avoidFailedWorker: false)!.Attempt);
    }

    [Fact]
    public void The_running_item_of_a_lost_chunk_is_requeued_alone_with_a_loss_and_the_rest_together()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(10, new JobOptions { ChunkSize = 6 }));
        var lease = Claim(Take(ledger)!, worker: 1);
        ledger.Requeue(lease, settled: 2, countLoss: true);
        var (suspect, rest) = (Take(ledger)!, Take(ledger)!);
        Assert.Equal((2, 1, 1, 1), (suspect.Chunk.Start, suspect.Chunk.Count, suspect.Losses, suspect.Attempt));
        Assert.Equal((3, 3, 0, 1), (rest.Chunk.Start, rest.Chunk.Count, rest.Losses, rest.Attempt));
    }

    [Fact]
    public void A_lost_chunk_that_no_worker_had_started_is_requeued_whole_without_a_loss()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(10, s_chunksOfFour));
        ledger.Requeue(Take(ledger)!, settled: 0, countLoss: false);
        var requeued = Take(ledger)!;
        Assert.Equal((0, 4, 0, 1), (requeued.Chunk.Start, requeued.Chunk.Count, requeued.Losses, requeued.Attempt));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void The_parts_of_a_requeued_chunk_have_each_item_once_and_all_have_its_losses(int parts)
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(7, new JobOptions { ChunkSize = 7 }));
        ledger.RequeueInParts(Take(ledger)!, losses: 2, parts);

        var requeued = new List<Lease>();
        while (Take(ledger) is { } lease)
            requeued.Add(lease);

        Assert.Equal(parts, requeued.Count);
        Assert.Equal(
            Enumerable.Range(0, 7).Select(i => (long)i),
            requeued.SelectMany(lease => Enumerable.Range(0, lease.Chunk.Count).Select(i => lease.Chunk.Start + i)));
        Assert.All(requeued, lease => Assert.Equal((2, 1), (lease.Losses, lease.Attempt)));
    }

    [Fact]
    public void A_lost_chunk_whose_items_all_have_outcomes_leaves_nothing_to_requeue()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(4, s_chunksOfFour));
        ledger.Requeue(Claim(Take(ledger)!, worker: 1), settled: 4, countLoss: true);
        Assert.False(ledger.HasRequeued);
        Assert.Empty(ledger.InFlight);
    }

    [Fact]
    public void A_requeued_chunk_is_cut_to_what_its_worker_may_take()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(4, s_chunksOfFour));
        ledger.Requeue(Take(ledger)!, settled: 0, countLoss: false);
        Assert.Equal((0, 3), TakeRange(ledger, max: 3));
        Assert.Equal((3, 1), TakeRange(ledger, max: 3));
        Assert.Null(Take(ledger));
    }

    [Fact]
    public void A_window_moves_with_done_items_and_for_a_consumer_with_taken_results()
    {
        var options = new JobOptions { ChunkSize = 2, Window = 4 };
        var done = TestJobs.Ledger(TestJobs.Map(CreateSource(100), options));
        var consumed = TestJobs.Ledger(TestJobs.Map(CreateSource(100), options, awaitsConsumer: true));
        foreach (var ledger in new[] { done, consumed })
        {
            var first = Take(ledger)!;
            Assert.NotNull(Take(ledger));
            Assert.Null(Take(ledger));
            ledger.TrySettle(first);
        }
        Assert.Equal((4, 2), TakeRange(done));
        Assert.Null(Take(done));
        Assert.Null(Take(consumed));
        consumed.Release(1);
        Assert.Equal((4, 1), TakeRange(consumed));
        Assert.Null(Take(consumed));
    }

    [Fact]
    public void Inputs_in_memory_whose_results_are_kept_need_no_window()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(10, new JobOptions { ChunkSize = 3, Window = 1 }));
        Assert.Equal((0, 3), TakeRange(ledger));
        Assert.Equal((3, 3), TakeRange(ledger));
    }

    [Fact]
    public void With_a_narrow_window_adaptive_chunks_leave_room_for_the_other_workers()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(CreateSource(1000), new JobOptions { Window = 40 }));
        for (var i = 0; i < 10; i++)
        {
            var lease = ledger.TryTake(0, int.MaxValue, workers: 4, avoidFailedWorker: false)!;
            Assert.InRange(lease.Chunk.Count, 1, 40 / (2 * 4));
            ledger.TrySettle(lease);
        }
    }

    [Fact]
    public void An_item_that_runs_again_keeps_its_place_in_the_window()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(CreateSource(100), new JobOptions { ChunkSize = 2, Window = 4, Retries = 1 }));
        var lease = Claim(Take(ledger)!, worker: 1);
        lease.AddRetry(0);
        ledger.TrySettle(lease);
        Assert.Equal(5, ledger.GetInputLimit(workers: 1));
    }

    [Fact]
    public void An_item_that_runs_again_after_its_timeout_keeps_its_place_in_the_window()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(CreateSource(100), new JobOptions { ChunkSize = 2, Window = 4, Retries = 1 }));
        var lease = Claim(Take(ledger)!, worker: 1);
        lease.TryRevoke();
        lease.AddRetry(0);
        ledger.Requeue(lease, settled: 1, countLoss: false);
        Assert.Equal(4, ledger.GetInputLimit(workers: 1));
        var requeued = Claim(Take(ledger)!, worker: 2);
        Assert.Equal((0, 1, 2), (requeued.Chunk.Start, requeued.Chunk.Count, requeued.Attempt));
        ledger.TrySettle(requeued);
        Assert.Equal(5, ledger.GetInputLimit(workers: 1));
    }

    [Fact]
    public void The_window_has_room_for_several_adaptive_chunks_of_every_worker()
    {
        var options = new WorkerPoolOptions { Workers = 4, Config = "actorpool.stream.max-window = 4000" };
        var settings = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options));

        Assert.Equal(
            250, JobLedger.GetMaxChunkItems(TestJobs.Map(CreateSource(10), new JobOptions()), settings, workers: settings.Workers));
        settings = settings with { StreamMaxWindow = 2 };
        Assert.Equal(1, JobLedger.GetMaxChunkItems(TestJobs.Map(CreateSource(10), new JobOptions()), settings, workers: settings.Workers));
    }

    [Fact]
    public void Inputs_in_memory_have_no_window_that_bounds_a_chunk()
    {
        var settings = PoolSettings.Read(new WorkerPoolOptions(), PoolConfig.ForOwnSystem(new WorkerPoolOptions()));

        Assert.Equal(int.MaxValue, JobLedger.GetMaxChunkItems(TestJobs.Map(10), settings, workers: 2));
    }

    [Fact]
    public void Failed_items_that_run_again_are_cut_like_new_ones_and_start_with_the_first_attempt()
    {
        var ledger = TestJobs.Ledger(TestJobs.TryMap(10, s_chunksOfFour));
        while (Take(ledger) is { } lease)
            ledger.TrySettle(lease);
        Assert.True(ledger.IsExhausted);

        ledger.RunAgain(new TakenFailures([new ItemRun(1, 6), new ItemRun(9, 1)], [], []));

        var leases = new[] { Take(ledger)!, Take(ledger)!, Take(ledger)! };
        Assert.Equal([(1L, 4), (5L, 2), (9L, 1)], leases.Select(lease => (lease.Chunk.Start, lease.Chunk.Count)));
        Assert.All(leases, lease => Assert.Equal((1, 0), (lease.Attempt, lease.Losses)));
        Assert.Equal([5, 6], ((Chunk<int, int>)leases[1].Chunk).Inputs.ToArray());
        Assert.True(ledger.IsExhausted);
    }

    [Fact]
    public void Failed_items_that_run_again_count_against_the_window_until_they_are_done_again()
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(CreateSource(100), new JobOptions { ChunkSize = 4, Window = 8 }));
        var first = Take(ledger)!;
        ledger.TrySettle(first);
        Assert.Equal(12, ledger.GetInputLimit(workers: 1));

        ledger.RunAgain(new TakenFailures([], [first.Chunk.CopyItem(1), first.Chunk.CopyItem(3)], []));

        Assert.Equal(10, ledger.GetInputLimit(workers: 1));
        for (var i = 0; i < 2; i++)
            ledger.TrySettle(Take(ledger)!);
        Assert.Equal(12, ledger.GetInputLimit(workers: 1));
    }

    internal static EnumeratedInput<int> CreateSource(int items)
    {
        var input = new EnumeratedInput<int>(new CountingSource(items));
        input.Allow(long.MaxValue);
        Assert.True(input.ReadAsync().AsTask().IsCompletedSuccessfully);
        return input;
    }

    internal static Lease Claim(Lease lease, int worker)
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
        var policy = new LossPolicy(limit);
        var execution = TestJobs.Map(items);
        var ledger = new JobLedger(execution, new ChunkSizer(items, TimeSpan.FromMilliseconds(2), max: items), 1000);
        var poison = items / 3;
        var losses = 0;

        for (var lease = Take(ledger)!; ; lease = Take(ledger)!)
        {
            if (lease.Chunk.Start > poison || lease.Chunk.Start + lease.Chunk.Count <= poison)
            {
                Assert.True(lease.TryClaim(0) && lease.TryReport());
                ledger.TrySettle(lease);
                continue;
            }
            losses++;
            var verdict = policy.Judge(LossCause.NodeLost, new LostChunk(lease.Chunk.Count, Settled: 0, lease.Losses, HasStarted: true));
            if (verdict.Charge == LossCharge.GiveUp)
                break;
            ledger.RequeueInParts(lease, verdict.Losses, verdict.Parts);
        }

        Assert.Equal(expectedLosses, losses);
    }

    private static Lease? Take(JobLedger ledger, int worker = 0, int max = int.MaxValue) =>
        ledger.TryTake(worker, max, workers: 1, avoidFailedWorker: false);

    private static (long Start, int Count)? TakeRange(JobLedger ledger, int max = int.MaxValue) =>
        Take(ledger, max: max) is { } lease ? (lease.Chunk.Start, lease.Chunk.Count) : null;
}
