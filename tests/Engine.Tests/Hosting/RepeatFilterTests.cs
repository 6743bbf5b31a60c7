using ActorPool.Telemetry;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Hosting;

public sealed class RepeatFilterTests
{
    private readonly ManualClock _clock = new();
    private readonly RepeatFilter _filter;

    public RepeatFilterTests() => _filter = new RepeatFilter(_clock, TimeSpan.FromMinutes(1));

    [Fact]
    public void A_text_comes_through_once_in_an_interval()
    {
        Assert.True(_filter.IsNew("a"));
        Assert.False(_filter.IsNew("a"));
        Assert.True(_filter.IsNew("b"));

        _clock.Now += TimeSpan.FromSeconds(59);
        Assert.False(_filter.IsNew("a"));
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(_filter.IsNew("a", out var more));
        Assert.Equal(2, more);
        Assert.False(_filter.IsNew("a"));
    }

    [Fact]
    public void However_many_texts_there_are_few_are_kept()
    {
        Assert.True(_filter.IsNew("first"));
        for (var i = 0; i < 1000; i++)
            Assert.True(_filter.IsNew($"{i}"));

        Assert.True(_filter.IsNew("first")); // forgotten, and may come once more
    }
}
