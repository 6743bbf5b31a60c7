using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.Tests.Jobs;

namespace ActorPool.Tests.Coordination;

public sealed class LossPolicyTests
{
    private readonly LossPolicy _policy = new(limit: 3);

    [Theory]
    [InlineData(nameof(LossCause.Stopped), 0)]
    [InlineData(nameof(LossCause.HandedBack), 0)]
    [InlineData(nameof(LossCause.Interrupted), 10)]
    [InlineData(nameof(LossCause.NodeLeft), 10)]
    public void An_orderly_end_charges_no_item_whatever_its_earlier_losses(string cause, int repeated)
    {
        foreach (var losses in Enumerable.Range(0, 10))
        {
            foreach (var hasStarted in new[] { false, true })
            {
                Assert.Equal(
                    LossVerdict.NoCharge with { Repeated = repeated },
                    Judge(cause, new LostChunk(Items: 10, Settled: 0, losses, hasStarted)));
                Assert.Equal(LossCharge.None, Judge(cause, new LostChunk(Items: 1, Settled: 0, losses, hasStarted)).Charge);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_orderly_end_charges_no_item_under_any_limit(int limit) =>
        Assert.All(Enum.GetValues<LossCause>().Except([LossCause.WorkerLost, LossCause.NodeLost, LossCause.ProcessLost]), cause =>
            Assert.Equal(LossCharge.None, new LossPolicy(limit).Judge(cause, new LostChunk(1, 0, Losses: limit, HasStarted: true)).Charge));

    [Fact]
    public void Only_chunks_that_nodes_hand_back_count_as_handed_back() =>
        Assert.Equal(
            [LossCause.HandedBack, LossCause.Interrupted, LossCause.NodeLeft], Enum.GetValues<LossCause>().Where(LossPolicy.IsHandedBack));

    [Fact]
    public void A_lost_worker_charges_the_item_that_it_ran()
    {
        var verdict = _policy.Judge(LossCause.WorkerLost, new LostChunk(Items: 10, Settled: 4, Losses: 0, HasStarted: true));
        Assert.Equal(new LossVerdict(LossCharge.Running, Losses: 1) { Repeated = 1 }, verdict);
    }

    [Theory]
    [InlineData(0, false)] // it was never claimed
    [InlineData(10, true)] // the worker was between its last item and its report
    public void A_lost_worker_that_ran_no_item_charges_none(int settled, bool hasStarted) =>
        Assert.Equal(LossVerdict.NoCharge, _policy.Judge(LossCause.WorkerLost, new LostChunk(Items: 10, settled, Losses: 2, hasStarted)));

    [Theory]
    [InlineData(0, nameof(LossCharge.Running))]
    [InlineData(1, nameof(LossCharge.Running))]
    [InlineData(2, nameof(LossCharge.GiveUp))]
    public void The_item_of_a_lost_worker_is_given_up_at_the_limit(int before, string charge) =>
        Assert.Equal(
            (charge, before + 1),
            Describe(_policy.Judge(LossCause.WorkerLost, new LostChunk(Items: 10, Settled: 1, before, HasStarted: true))));

    [Theory]
    [InlineData(0, false, nameof(LossCharge.Chunk), 1)]
    [InlineData(1, true, nameof(LossCharge.Chunk), 2)]
    [InlineData(2, true, nameof(LossCharge.GiveUp), 3)]
    [InlineData(2, false, nameof(LossCharge.None), 0)] // it had not started: another chunk of that node is the cause
    public void An_item_that_is_alone_is_given_up_at_the_limit_if_it_had_started(int before, bool hasStarted, string charge, int losses) =>
        Assert.Equal(
            (charge, losses), Describe(_policy.Judge(LossCause.NodeLost, new LostChunk(Items: 1, Settled: 0, before, hasStarted))));

    [Theory]
    [InlineData(2, 0, 1, 2)]
    [InlineData(64, 1, 2, 64)]
    [InlineData(5000, 2, 2, 64)] // one more would give up items that are not the cause: the item must be alone first
    public void A_chunk_of_a_lost_node_is_charged_as_a_whole_below_the_limit_and_requeued_in_parts(
        int items, int before, int losses, int parts) =>
        Assert.Equal(
            new LossVerdict(LossCharge.Chunk, losses, parts) { Repeated = items },
            _policy.Judge(LossCause.NodeLost, new LostChunk(items, Settled: 0, before, HasStarted: true)));

    [Fact]
    public void With_a_limit_of_one_a_chunk_is_still_split_before_an_item_is_given_up()
    {
        var policy = new LossPolicy(limit: 1);
        Assert.Equal(
            new LossVerdict(LossCharge.Chunk, Losses: 1, Parts: 3) { Repeated = 3 },
            policy.Judge(LossCause.NodeLost, new LostChunk(3, 0, Losses: 0, HasStarted: true)));
        Assert.Equal(LossCharge.GiveUp, policy.Judge(LossCause.NodeLost, new LostChunk(1, 0, Losses: 0, HasStarted: true)).Charge);
        Assert.Equal(LossCharge.GiveUp, policy.Judge(LossCause.WorkerLost, new LostChunk(3, 0, Losses: 0, HasStarted: true)).Charge);
    }

    [Fact]
    public void A_chunk_that_is_one_item_counts_as_one()
    {
        var execution = TestJobs.MapChunks(10, new JobOptions { ChunkSize = 10 });
        var lease = new Lease(execution, execution.Cut(10)!, attempt: 1, losses: 2);
        Assert.Equal(new LostChunk(Items: 1, Settled: 0, Losses: 2, HasStarted: false), LostChunk.From(lease, LossCause.WorkerLost));
        lease.TryClaim(0);
        Assert.True(LostChunk.From(lease, LossCause.WorkerLost).HasStarted);
        Assert.False(LostChunk.From(lease, LossCause.NodeLost).HasStarted); // its node has it, and has not reported that it started
        lease.MarkStarted();
        Assert.True(LostChunk.From(lease, LossCause.NodeLost).HasStarted);
    }

    private LossVerdict Judge(string cause, LostChunk chunk) => _policy.Judge(Enum.Parse<LossCause>(cause), chunk);

    private static (string, int) Describe(LossVerdict verdict) => (verdict.Charge.ToString(), verdict.Losses);
}
