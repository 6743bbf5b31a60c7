using ActorPool.Configuration;
using Akka.Configuration;

namespace ActorPool.Tests.Configuration;

public sealed class HoconSectionTests
{
    [Theory]
    [InlineData("10s")]
    [InlineData("10 s")]
    [InlineData("500ms")]
    [InlineData("1.5 minutes")]
    [InlineData("2m")]
    [InlineData("1d")]
    [InlineData("0.01ms")]
    [InlineData("0")] // of any unit
    [InlineData("1 hour")]
    [InlineData("3 millis")]
    public void A_duration_is_read_as_Akka_reads_it(string text)
    {
        Assert.True(HoconSection.TryReadDuration(text, out var duration));
        Assert.Equal(ConfigurationFactory.ParseString($"a = \"{text}\"").GetTimeSpan("a"), duration);
    }

    [Theory]
    [InlineData("7")] // milliseconds for Akka, and seconds for whoever wrote it
    [InlineData("3.5")]
    [InlineData("10 sec")] // Akka throws for these ...
    [InlineData("5us")]
    [InlineData("off")]
    [InlineData("-1s")]
    [InlineData("1e3 ms")]
    [InlineData("1ns")] // ... and takes this for 0
    [InlineData("infinite")]
    [InlineData("1.s")]
    [InlineData(".5s")]
    [InlineData("1.5.5s")]
    [InlineData("s")]
    [InlineData("")]
    [InlineData("99999999999999999999d")]
    public void Other_texts_are_no_durations(string text) => Assert.False(HoconSection.TryReadDuration(text, out _));

    [Fact]
    public void A_key_that_no_layer_has_is_reported_as_missing()
    {
        var faults = new List<SettingsFault>();
        var section = new HoconSection("s", ConfigurationFactory.ParseString("s.a = 1"), new HoconText("t", null), faults);
        Assert.Equal(1, section.ReadInt32("a", 0, 9));
        section.ReadInt32("b", 0, 9);
        section.RefuseOthers();
        Assert.Equal(["s.b is missing. Write a whole number, 0 to 9."], faults.Select(fault => fault.Problem), StringComparer.Ordinal);
    }

    [Fact]
    public void A_value_in_place_of_a_section_and_a_section_in_place_of_a_value_are_each_reported_once()
    {
        var faults = new List<SettingsFault>();
        var text = new HoconText("t", "s.a = 1\ns.b.c = 2");
        var section = new HoconSection("s", text.ToConfig(), text, faults);
        section.ReadInt32("a.x", 0, 9);
        section.ReadInt32("b", 0, 9);
        section.RefuseOthers();
        Assert.Equal(
            [
                "s.b is a section (t, line 2, column 1). Write a whole number, 0 to 9.",
                "s.a is [1] (t, line 1, column 1), but it is a section. Write s.a { … }.",
            ],
            faults.Select(fault => fault.Problem), StringComparer.Ordinal);
    }
}
