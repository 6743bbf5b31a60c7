using ActorPool.Diagnostics;

namespace ActorPool.Tests.Diagnostics;

public sealed class ZoneFingerprintTests
{
    [Theory]
    [InlineData("Europe/Berlin", "Europe/Paris")]
    [InlineData("Asia/Tokyo", "Asia/Seoul")]
    [InlineData("America/New_York", "America/Toronto")]
    [InlineData("UTC", "Africa/Abidjan")]
    public void Zones_with_other_names_and_the_same_rules_are_the_same(string one, string other) =>
        Assert.Equal(Create(one), Create(other));

    [Theory]
    [InlineData("Europe/Berlin", "Europe/London")]
    [InlineData("America/Denver", "America/Phoenix")]
    [InlineData("America/New_York", "America/Havana")]
    [InlineData("Asia/Kolkata", "Asia/Kathmandu")]
    [InlineData("Europe/Berlin", "Africa/Lagos")]
    [InlineData("Australia/Sydney", "Australia/Lord_Howe")]
    public void Zones_with_other_offsets_are_not(string one, string other) => Assert.NotEqual(Create(one), Create(other));

    [Fact]
    public void Rules_that_are_written_in_another_way_are_the_same() =>
        Assert.Equal(Create("Europe/Berlin"), ZoneFingerprint.Create(CreateCentralEurope(hourOfChange: 2, minute: 0)));

    [Theory]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    public void Rules_that_change_the_clock_at_another_minute_are_not(int hour, int minute) =>
        Assert.NotEqual(Create("Europe/Berlin"), ZoneFingerprint.Create(CreateCentralEurope(hour, minute)));

    private static ulong Create(string id) => ZoneFingerprint.Create(TimeZoneInfo.FindSystemTimeZoneById(id));

    private static TimeZoneInfo CreateCentralEurope(int hourOfChange, int minute)
    {
        var start = TimeZoneInfo.TransitionTime.CreateFloatingDateRule(
            new DateTime(1, 1, 1, hourOfChange, minute, 0, DateTimeKind.Unspecified), 3, 5, DayOfWeek.Sunday);
        var end = TimeZoneInfo.TransitionTime.CreateFloatingDateRule(
            new DateTime(1, 1, 1, 3, 0, 0, DateTimeKind.Unspecified), 10, 5, DayOfWeek.Sunday);
        var summer = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1), start, end);
        return TimeZoneInfo.CreateCustomTimeZone("mine", TimeSpan.FromHours(1), "mine", "mine", "mine, in summer", [summer]);
    }
}
