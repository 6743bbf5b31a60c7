using ActorPool.Security;

namespace ActorPool.Tests.Security;

public sealed class ExpiryNoticeTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ExpiryNotice _notice = new();

    [Theory]
    [InlineData(825, 794, false)]
    [InlineData(825, 796, true)]
    [InlineData(90, 74, false)]
    [InlineData(90, 76, true)]
    [InlineData(1, 0.8, false)]
    [InlineData(1, 0.9, true)]
    public void It_is_due_a_sixth_of_the_validity_before_the_end_at_most_thirty_days(double validDays, double dayNow, bool isDue) =>
        Assert.Equal(isDue, IsDue(validDays, dayNow));

    [Fact]
    public void It_is_repeated_once_a_day_and_at_the_end()
    {
        Assert.True(IsDue(90, 80));
        Assert.False(IsDue(90, 80.9));
        Assert.True(IsDue(90, 81.1));
        Assert.True(IsDue(90, 89.9));
        Assert.True(IsDue(90, 90.1));
        Assert.False(IsDue(90, 90.2));
        Assert.True(IsDue(90, 91.2));
    }

    private bool IsDue(double validDays, double dayNow) =>
        _notice.IsDue(s_start, s_start.AddDays(validDays), s_start.AddDays(dayNow));
}
