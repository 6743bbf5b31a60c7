using System.Globalization;
using ActorPool.Diagnostics;

namespace ActorPool.Tests.Diagnostics;

public sealed class TraitDifferencesTests
{
    private static readonly ProcessTraits s_here = new(CultureSupport.Full, 0x48010000, "Europe/Berlin", 1, "de-DE");

    public static TheoryData<string, string[]> Differences => new()
    {
        { "nothing", [] },
        { "another minor version", [] },
        { "another name of the zone", [] },
        { "no cultures", ["Its cultures are [none, globalization-invariant], here [all]", "InvariantGlobalization"] },
        { "English only", ["Its cultures are [English only], here [all]"] },
        { "another ICU", ["Its version of ICU is [74.2], here [72.1]", "the same major version"] },
        { "no ICU", ["Its version of ICU is [unknown], here [72.1]"] },
        { "another zone", ["Its time zone is [Asia/Tokyo], here [Europe/Berlin]", "TZ"] },
        { "other rules", ["Its rules of the time zone [Europe/Berlin] are not those here", "time zone data"] },
        { "another culture", ["Its culture is [invariant], here [de-DE]", "LANG"] },
        { "all", ["Its cultures are [English only]", "Its version of ICU is [74.2]", "Its time zone is [Asia/Tokyo]"] },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Each_difference_that_matters_is_one_sentence(string what, string[] expected)
    {
        var text = TraitDifferences.Describe(CreateNode(what), s_here);

        if (expected.Length == 0)
            Assert.Null(text);
        Assert.All(expected, part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Equal(expected.Count(part => part.StartsWith("Its", StringComparison.Ordinal)), CountSentences(text));
    }

    [Fact]
    public void The_version_of_ICU_does_not_matter_where_one_side_has_no_cultures()
    {
        var node = s_here with { Cultures = CultureSupport.Invariant, IcuVersion = 0 };

        Assert.DoesNotContain("ICU is", TraitDifferences.Describe(node, s_here), StringComparison.Ordinal);
        Assert.DoesNotContain("ICU is", TraitDifferences.Describe(s_here, node), StringComparison.Ordinal);
        Assert.Null(TraitDifferences.Describe(node, node));
    }

    [Fact]
    public void This_process_tells_its_own_cultures_ICU_and_time_zone()
    {
        var here = ProcessTraits.Current;

        Assert.Equal(CultureSupport.Full, here.Cultures);
        Assert.InRange(here.IcuVersion >>> 24, 50, 200);
        Assert.Equal(TimeZoneInfo.Local.Id, here.TimeZone);
        Assert.Equal(ZoneFingerprint.Create(TimeZoneInfo.Local), here.ZoneRules);
    }

    [Fact]
    public void The_culture_is_that_of_threads_that_choose_none()
    {
        var chosen = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("fi-FI");
            Assert.NotEqual("fi-FI", ProcessTraits.Current.Culture, StringComparer.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = chosen;
        }
    }

    private static ProcessTraits CreateNode(string what) => what switch
    {
        "nothing" => s_here with { },
        "another minor version" => s_here with { IcuVersion = 0x48020000 },
        "another name of the zone" => s_here with { TimeZone = "Europe/Paris" },
        "no cultures" => s_here with { Cultures = CultureSupport.Invariant, IcuVersion = 0 },
        "English only" => s_here with { Cultures = CultureSupport.EnglishOnly },
        "another ICU" => s_here with { IcuVersion = 0x4A020000 },
        "no ICU" => s_here with { IcuVersion = 0 },
        "another zone" => s_here with { TimeZone = "Asia/Tokyo", ZoneRules = 2 },
        "other rules" => s_here with { ZoneRules = 2 },
        "another culture" => s_here with { Culture = "" },
        _ => new ProcessTraits(CultureSupport.EnglishOnly, 0x4A020000, "Asia/Tokyo", 2, "en-US"),
    };

    private static int CountSentences(string? text) => text is null ? 0 : text.Split(". ").Length;
}
