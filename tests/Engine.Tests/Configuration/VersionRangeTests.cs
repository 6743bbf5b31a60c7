using ActorPool.Configuration;

namespace ActorPool.Tests.Configuration;

public sealed class VersionRangeTests
{
    [Theory]
    [InlineData(5, 5, 5, 5, 5)]
    [InlineData(5, 6, 5, 5, 5)]
    [InlineData(5, 6, 6, 7, 6)]
    [InlineData(5, 7, 6, 7, 7)]
    [InlineData(1, 9, 3, 4, 4)]
    [InlineData(5, 5, 6, 6, null)]
    [InlineData(1, 2, 4, 9, null)]
    public void Two_sides_speak_the_highest_version_that_both_know(int min, int max, int otherMin, int otherMax, int? expected)
    {
        var (one, other) = (new VersionRange(min, max), new VersionRange(otherMin, otherMax));

        Assert.Equal(expected, one.FindHighestCommon(other));
        Assert.Equal(expected, other.FindHighestCommon(one));
    }

    [Fact]
    public void A_range_is_one_number_or_two()
    {
        Assert.Equal("5", $"{new VersionRange(5, 5)}");
        Assert.Equal("5 to 6", $"{new VersionRange(5, 6)}");
    }
}
