using ActorPool.Routing;
using CsCheck;

namespace ActorPool.Tests.Routing;

public sealed class WorkerReplacementsTests
{
    [Fact]
    public void A_worker_that_is_starting_is_not_missing()
    {
        var replacements = new WorkerReplacements(3);
        Assert.Equal(3, replacements.StartRouter());
        Assert.Equal((3, 0, 0), (replacements.Starting, replacements.Live, replacements.Missing));
        replacements.Enter();
        Assert.Equal((2, 1, 0), (replacements.Starting, replacements.Live, replacements.Missing));
    }

    [Fact]
    public void A_worker_that_leaves_or_fails_to_enter_is_missing()
    {
        var replacements = CreateFull(3);
        replacements.Leave();
        replacements.Abandon();
        Assert.Equal(2, replacements.Missing);
        replacements.Expect(2);
        replacements.FailToEnter();
        Assert.Equal((1, 1), (replacements.Starting, replacements.Missing));
    }

    [Fact]
    public void The_target_may_be_raised_and_lowered()
    {
        var replacements = CreateFull(2);
        replacements.SetTarget(5);
        Assert.Equal(3, replacements.Missing);
        replacements.SetTarget(1);
        Assert.Equal(0, replacements.Missing);
        replacements.Leave();
        Assert.Equal(0, replacements.Missing);
        replacements.Leave();
        Assert.Equal(1, replacements.Missing);
    }

    [Fact]
    public void A_new_router_starts_the_workers_that_the_old_one_did_not()
    {
        var replacements = CreateFull(3);
        replacements.Leave();
        replacements.Expect(1);
        Assert.Equal(1, replacements.StartRouter());
        Assert.Equal((1, 2), (replacements.Starting, replacements.Live));
    }

    [Fact]
    public void A_router_starts_with_at_least_one_worker() => Assert.Equal(1, CreateFull(2).StartRouter());

    [Fact]
    public void A_router_is_stuck_when_only_an_abandoned_worker_remains()
    {
        var replacements = CreateFull(2);
        replacements.Abandon();
        Assert.False(replacements.IsRouterStuck);
        replacements.Leave();
        Assert.True(replacements.IsRouterStuck);
        replacements.StartRouter();
        Assert.False(replacements.IsRouterStuck);
    }

    [Fact]
    public void A_router_whose_workers_were_all_lost_stops_by_itself()
    {
        var replacements = CreateFull(1);
        replacements.Leave();
        Assert.False(replacements.IsRouterStuck);
    }

    [Fact]
    public void After_a_failure_no_worker_is_replaced()
    {
        var replacements = CreateFull(2);
        replacements.Abandon();
        replacements.Leave();
        replacements.Stop();
        replacements.SetTarget(7);
        Assert.Equal(0, replacements.Missing);
        Assert.False(replacements.IsRouterStuck);
    }

    [Fact]
    public void As_many_workers_start_as_are_missing_whatever_happens() =>
        Gen.Select(Gen.Int[1, 5], Gen.Select(Gen.Int[0, 5], Gen.Int[1, 6]).Array[0, 100]).Sample((target, steps) =>
        {
            var replacements = new WorkerReplacements(target);
            var (live, starting) = (0, replacements.StartRouter());
            foreach (var (what, number) in steps)
            {
                switch (what)
                {
                    case 0 when starting > 0:
                        (live, starting) = (live + 1, starting - 1);
                        replacements.Enter();
                        break;
                    case 1 when starting > 0:
                        starting--;
                        replacements.FailToEnter();
                        break;
                    case 2 when live > 0:
                        live--;
                        replacements.Leave();
                        break;
                    case 3 when live > 0:
                        live--;
                        replacements.Abandon();
                        break;
                    case 4:
                        target = number;
                        replacements.SetTarget(target);
                        break;
                    default:
                        starting += replacements.Missing;
                        replacements.Expect(replacements.Missing);
                        break;
                }
                if (replacements.Live != live || replacements.Starting != starting
                    || replacements.Missing != Math.Max(0, target - live - starting))
                    throw new InvalidOperationException($"{live} live, {starting} starting, {replacements.Missing} missing of {target}");
            }
        }, iter: 1000);

    private static WorkerReplacements CreateFull(int workers)
    {
        var replacements = new WorkerReplacements(workers);
        for (var i = replacements.StartRouter(); i > 0; i--)
            replacements.Enter();
        return replacements;
    }
}
