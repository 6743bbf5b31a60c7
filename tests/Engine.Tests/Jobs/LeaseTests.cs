using ActorPool.Jobs;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Jobs;

public sealed class LeaseTests
{
    [Fact]
    public void A_lease_is_claimed_once()
    {
        var lease = TestJobs.Lease();
        Assert.False(lease.IsClaimed);
        Assert.True(lease.TryClaim(3));
        Assert.True(lease.IsClaimed);
        Assert.Equal(3, lease.WorkerId);
        Assert.False(lease.TryClaim(3));
    }

    [Fact]
    public void A_revoked_lease_is_neither_claimed_nor_reported()
    {
        var lease = TestJobs.Lease();
        Assert.True(lease.TryRevoke());
        Assert.True(lease.ShouldStop);
        Assert.False(lease.TryClaim(3));
        Assert.False(lease.TryReport());
        Assert.False(lease.TryRevoke());
        Assert.False(lease.IsReported);
    }

    [Fact]
    public void A_reported_lease_is_not_revoked()
    {
        var lease = TestJobs.Lease();
        Assert.False(lease.TryReport()); // it is not claimed
        lease.TryClaim(1);
        Assert.True(lease.TryReport());
        Assert.True(lease.IsReported);
        Assert.False(lease.TryRevoke());
        Assert.False(lease.ShouldStop);
        Assert.False(lease.TryReport());
    }

    [Fact]
    public void A_claimed_lease_may_publish_outcomes_until_it_is_revoked()
    {
        var lease = TestJobs.Lease(asynchronous: true);
        Assert.False(lease.TryPublish());
        lease.TryClaim(1);
        Assert.True(lease.TryPublish());
        lease.EndPublish();
        Assert.Equal(1, lease.Completed);
        Assert.True(lease.TryRevoke());
        Assert.False(lease.TryPublish());
        Assert.Equal(1, lease.Completed);
    }

    [Fact]
    public async Task A_revocation_waits_while_an_outcome_is_written()
    {
        var lease = TestJobs.Lease(asynchronous: true);
        lease.TryClaim(1);
        Assert.True(lease.TryPublish());
        var began = new Gate();
        began.Open();
        var revocation = Task.Run(() =>
        {
            began.Pass();
            return (Won: lease.TryRevoke(), lease.Completed);
        });
        await began.HasArrived(1, "the revocation begins");
        Assert.False(lease.ShouldStop);
        lease.EndPublish();
        Assert.Equal((true, 1), await revocation.Within("revocation"));
    }

    [Fact]
    public async Task Exactly_one_of_a_report_and_a_revocation_at_the_same_time_wins()
    {
        const int Rounds = 20_000;
        var leases = CreateLeases(Rounds);
        foreach (var lease in leases)
            lease.TryClaim(1);
        var (reports, revocations) = (new bool[Rounds], new bool[Rounds]);
        await Race(Rounds, i => reports[i] = leases[i].TryReport(), i => revocations[i] = leases[i].TryRevoke());
        for (var i = 0; i < Rounds; i++)
        {
            Assert.True(reports[i] ^ revocations[i], $"round {i}: reported {reports[i]}, revoked {revocations[i]}");
            Assert.Equal((reports[i], revocations[i]), (leases[i].IsReported, leases[i].ShouldStop));
        }
    }

    [Fact]
    public async Task A_revocation_at_the_same_time_as_a_claim_always_holds()
    {
        const int Rounds = 20_000;
        var leases = CreateLeases(Rounds);
        var claims = new bool[Rounds];
        await Race(Rounds, i => claims[i] = leases[i].TryClaim(1), i => Assert.True(leases[i].TryRevoke()));
        for (var i = 0; i < Rounds; i++)
            Assert.False(leases[i].TryPublish() || leases[i].TryReport(), $"round {i}, claimed {claims[i]}");
    }

    [Fact]
    public async Task Outcomes_published_before_a_revocation_are_counted_and_none_is_written_after_it()
    {
        const int Rounds = 5_000;
        const int Items = 10;
        var leases = CreateLeases(Rounds, Items);
        var written = new int[Rounds];
        var seen = new (bool Won, int Completed, int Written)[Rounds];
        foreach (var lease in leases)
            lease.TryClaim(1);
        await Race(
            Rounds,
            i =>
            {
                for (var item = 0; item < Items && leases[i].TryPublish(); item++)
                {
                    Volatile.Write(ref written[i], item + 1);
                    leases[i].EndPublish();
                }
                leases[i].TryReport();
            },
            i => seen[i] = (leases[i].TryRevoke(), leases[i].Completed, Volatile.Read(ref written[i])));
        for (var i = 0; i < Rounds; i++)
        {
            Assert.Equal(seen[i].Completed, seen[i].Written);
            Assert.Equal(written[i], leases[i].Completed);
            Assert.Equal(seen[i].Won ? seen[i].Completed : Items, leases[i].Completed);
        }
    }

    [Fact]
    public async Task An_items_token_is_cancelled_with_the_item_and_only_then()
    {
        var lease = TestJobs.Lease(asynchronous: true);
        lease.TryClaim(1);
        lease.BeginItem(now: 5);
        var first = lease.Token;
        Assert.Equal(5, lease.ItemStarted);
        lease.EndItem();
        lease.BeginItem(now: 7);
        var second = lease.Token;
        Assert.Equal(7, lease.ItemStarted);
        var cancelled = new Gate();
        cancelled.Open();
        await using var registration = second.Register(cancelled.Pass);
        lease.CancelItem();
        await cancelled.HasArrived(1, "callback");
        Assert.True(second.IsCancellationRequested);
        Assert.False(first.IsCancellationRequested);
        lease.EndItem();
        lease.CancelItem(); // there is nothing to cancel any longer
    }

    [Fact]
    public void A_token_that_is_first_asked_for_after_the_cancellation_is_cancelled()
    {
        var lease = TestJobs.Lease(asynchronous: true);
        lease.TryClaim(1);
        lease.BeginItem(now: 5);
        lease.TryRevoke();
        lease.CancelItem();
        Assert.True(lease.Token.IsCancellationRequested);
        lease.EndItem();
        Assert.True(lease.Token.IsCancellationRequested);
        Assert.False(lease.Job.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_job_that_has_ended_before_its_token_was_asked_for_has_a_cancelled_one()
    {
        var lease = TestJobs.Lease();
        lease.Job.StopItems();
        Assert.True(lease.Job.Token.IsCancellationRequested);
        Assert.True(lease.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task An_items_token_is_cancelled_with_its_job()
    {
        var lease = TestJobs.Lease(asynchronous: true);
        lease.TryClaim(1);
        lease.BeginItem(now: 5);
        var token = lease.Token;
        lease.Job.StopItems();
        await Deadline.Until(() => token.IsCancellationRequested, "token");
        lease.EndItem();
    }

    [Fact]
    public async Task A_callback_that_throws_does_not_harm_the_canceller()
    {
        var lease = TestJobs.Lease(asynchronous: true);
        lease.TryClaim(1);
        var reached = new Gate();
        reached.Open();
        lease.BeginItem(now: 5);
        await using var registration = lease.Token.Register(() =>
        {
            reached.Pass();
            throw new SayWhenException();
        });
        lease.CancelItem();
        lease.Job.StopItems();
        await reached.HasArrived(1, "callback");
    }

    private static Lease[] CreateLeases(int count, int items = 1)
    {
        var execution = TestJobs.MapAsync(count * items);
        return [.. Enumerable.Range(0, count).Select(_ => new Lease(execution, execution.Cut(items)!, attempt: 1, losses: 0))];
    }

    /// <summary>Runs both actions of each round on two threads at nearly the same time.</summary>
    private static async Task Race(int rounds, Action<int> worker, Action<int> coordinator)
    {
        using var barrier = new Barrier(2);
        await Task.WhenAll(Side(worker), Side(coordinator)).Within("race");

        Task Side(Action<int> act) => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < rounds; i++)
                {
                    if (i % 50 == 0)
                        barrier.SignalAndWait(Deadline.Limit);
                    act(i);
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
