using ActorPool.Diagnostics;

namespace ActorPool.Tests.Diagnostics;

public sealed class CountTextTests
{
    [Theory]
    [InlineData(0, "0 workers")]
    [InlineData(1, "1 worker")]
    [InlineData(4, "4 workers")]
    public void A_noun_follows_its_count(long count, string text) => Assert.Equal(text, CountText.Format(count, "worker"));
}
