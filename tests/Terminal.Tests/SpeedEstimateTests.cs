using ActorPool.Terminal.Tests.Support;

namespace ActorPool.Terminal.Tests;

public sealed class SpeedEstimateTests
{
    private readonly FakeTime _time = new();
    private readonly SpeedEstimate _speed;
    private long _done;

    public SpeedEstimateTests() => _speed = new SpeedEstimate(_time, TimeSpan.Zero);

    [Fact]
    public void A_steady_job_has_its_speed_from_the_first_moment()
    {
        Run(seconds: 1, rate: 100);
        Assert.Equal(100, _speed.Rate, 0.001);
        Run(seconds: 60, rate: 100);
        Assert.Equal(100, _speed.Rate, 0.001);
        Assert.Equal(10, _speed.GetRemaining(_done, _done + 1000)!.Value.TotalSeconds, 0.001);
    }

    [Fact]
    public void The_recent_speed_of_a_job_that_speeds_up_counts_more()
    {
        Run(seconds: 60, rate: 10);
        Run(seconds: 30, rate: 100);
        Assert.InRange(_speed.Rate, 85, 100); // the mean of all is 40
    }

    [Fact]
    public void A_stall_makes_the_remaining_time_longer_and_longer_but_not_infinite()
    {
        Run(seconds: 60, rate: 100);
        var last = _speed.GetRemaining(_done, _done + 1000)!.Value;
        for (var i = 0; i < 10; i++)
        {
            Run(seconds: 10, rate: 0);
            var next = _speed.GetRemaining(_done, _done + 1000)!.Value;
            Assert.True(next > last, $"{next} after {last}");
            last = next;
        }
        Run(seconds: 100_000, rate: 0);
        Assert.NotNull(_speed.GetRemaining(_done, _done + 1000));
    }

    [Fact]
    public void Bursts_are_smoothed_over_several_of_them()
    {
        for (var burst = 0; burst < 10; burst++)
        {
            Run(seconds: 60, rate: 0);
            _done += 600;
            Run(seconds: 0.1, rate: 0);
        }
        Assert.InRange(_speed.Rate, 7, 14); // 10 a second
        Run(seconds: 55, rate: 0);
        Assert.InRange(_speed.Rate, 7, 14);
    }

    [Fact]
    public void An_unknown_total_has_no_remaining_time()
    {
        Run(seconds: 10, rate: 10);
        Assert.Null(_speed.GetRemaining(_done, total: null));
        Assert.Equal(10, _speed.Rate, 0.001);
    }

    [Fact]
    public void Before_the_first_item_there_is_no_speed_and_no_remaining_time()
    {
        Run(seconds: 10, rate: 0);
        Assert.Equal(0, _speed.Rate);
        Assert.Null(_speed.GetRemaining(0, 100));
    }

    [Fact]
    public void A_job_of_no_items_is_done() => Assert.Equal(TimeSpan.Zero, _speed.GetRemaining(0, 0));

    [Fact]
    public void Time_before_the_first_look_counts()
    {
        var late = new SpeedEstimate(_time, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));
        late.Add(200);
        Assert.Equal(10, late.Rate, 0.001);
    }

    /// <summary>Looks ten times a second, as the display does.</summary>
    private void Run(double seconds, int rate)
    {
        var start = _done;
        for (var look = 1; look <= seconds * 10; look++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            _done = start + rate * look / 10;
            _speed.Add(_done);
        }
    }
}
