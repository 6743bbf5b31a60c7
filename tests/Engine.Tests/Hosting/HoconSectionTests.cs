using ActorPool.Hosting;
using Akka.Configuration;

namespace ActorPool.Tests.Hosting;

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
    [InlineData("7")]
    [InlineData("1 hour")]
    [InlineData("3 millis")]
    public void A_duration_means_what_it_means_to_Akka(string text)
    {
        Assert.True(HoconSection.TryDuration(text, out var duration));
        Assert.Equal(ConfigurationFactory.ParseString($"a = \"{text}\"").GetTimeSpan("a"), duration);
    }

    [Theory]
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
    public void No_duration_is_made_of_anything_else(string text) => Assert.False(HoconSection.TryDuration(text, out _));

    [Fact]
    public void A_key_that_no_layer_has_is_missing()
    {
        var faults = new List<string>();
        var section = new HoconSection("s", ConfigurationFactory.ParseString("s.a = 1"), new HoconText("t", null), faults);
        Assert.Equal(1, section.Whole("a", 0, 9));
        section.Whole("b", 0, 9);
        section.RefuseOthers();
        Assert.Equal(["s.b is missing. Write a whole number, 0 to 9."], faults);
    }

    [Fact]
    public void A_value_in_a_sections_place_is_reported_once_and_a_section_in_a_values_place_too()
    {
        var faults = new List<string>();
        var text = new HoconText("t", "s.a = 1\ns.b.c = 2");
        var section = new HoconSection("s", text.ToConfig(), text, faults);
        section.Whole("a.x", 0, 9);
        section.Whole("b", 0, 9);
        section.RefuseOthers();
        Assert.Equal(["s.b is a section (t, line 2, column 1). Write a whole number, 0 to 9.", "s.a is [1] (t, line 1, column 1), but it is a section. Write s.a { … }."], faults);
    }
}
