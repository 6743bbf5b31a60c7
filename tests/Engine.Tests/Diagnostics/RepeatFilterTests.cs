using ActorPool.Diagnostics;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Diagnostics;

public sealed class RepeatFilterTests
{
    private readonly ManualClock _clock = new();
    private readonly RepeatFilter _filter;

    public RepeatFilterTests() => _filter = new RepeatFilter(_clock, TimeSpan.FromMinutes(1));

    [Fact]
    public void A_text_passes_once_per_interval()
    {
        Assert.True(_filter.IsNew("a"));
        Assert.False(_filter.IsNew("a"));
        Assert.True(_filter.IsNew("b"));

        _clock.Now += TimeSpan.FromSeconds(59);
        Assert.False(_filter.IsNew("a"));
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(_filter.IsNew("a", out var repeats));
        Assert.Equal(2, repeats);
        Assert.False(_filter.IsNew("a"));
    }

    [Fact]
    public void Only_a_limited_number_of_texts_is_remembered()
    {
        Assert.True(_filter.IsNew("first"));
        for (var i = 0; i < 1000; i++)
            Assert.True(_filter.IsNew($"{i}"));

        Assert.True(_filter.IsNew("first")); // it was forgotten, and passes again
    }
}
