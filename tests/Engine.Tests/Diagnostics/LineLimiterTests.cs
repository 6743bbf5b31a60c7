using ActorPool.Diagnostics;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Diagnostics;

public sealed class LineLimiterTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_burst_passes_and_what_follows_is_counted()
    {
        var limiter = new LineLimiter(_clock, burst: 2, perSecond: 1);

        Assert.True(limiter.TryPass(out var dropped));
        Assert.True(limiter.TryPass(out _));
        Assert.False(limiter.TryPass(out _));
        Assert.False(limiter.TryPass(out _));
        Assert.Equal(0, dropped);
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(limiter.TryPass(out dropped));
        Assert.Equal(2, dropped);
        Assert.False(limiter.TryPass(out _));
        Assert.Equal(1, limiter.TakeDropped());
        Assert.Equal(0, limiter.TakeDropped());
    }

    [Fact]
    public void A_long_rest_allows_no_more_than_a_burst()
    {
        var limiter = new LineLimiter(_clock, burst: 3, perSecond: 10);
        _clock.Now += TimeSpan.FromHours(1);

        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => limiter.TryPass(out var _)));
    }
}
