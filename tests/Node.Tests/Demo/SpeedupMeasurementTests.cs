using ActorPool.Node.Demo;

namespace ActorPool.Node.Tests.Demo;

public sealed class SpeedupMeasurementTests
{
    [Fact]
    public void The_median_of_an_odd_number_of_runs_is_the_middle_one() =>
        Assert.Equal(Seconds(3), new Times([Seconds(9), Seconds(1), Seconds(3)]).Median);

    [Fact]
    public void The_median_of_an_even_number_of_runs_lies_between_the_middle_two() =>
        Assert.Equal(Seconds(4), new Times([Seconds(9), Seconds(1), Seconds(5), Seconds(3)]).Median);

    [Fact]
    public void A_run_shorter_than_the_clocks_step_is_not_0() => Assert.True(new Times([TimeSpan.Zero]).Median > TimeSpan.Zero);

    [Fact]
    public void A_speedup_is_the_loops_median_divided_by_the_pools()
    {
        var measured = new SpeedupMeasurement(
            RowWork.Sums, 1, new Times([Seconds(6)]),
            [new PoolTimes(1, new Times([Seconds(8)])), new PoolTimes(2, new Times([Seconds(4)]))]);

        Assert.Equal(0.75, measured.GetSpeedup(measured.Pools[0]));
        Assert.Equal(1.5, measured.GetSpeedup(measured.Pools[1]));
    }

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);
}
