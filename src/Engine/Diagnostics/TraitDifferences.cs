using System.Globalization;

namespace ActorPool.Diagnostics;

/// <summary>Says which differences between a node and this process change what functions return.</summary>
internal static class TraitDifferences
{
    /// <summary>Describes the differences that matter, one sentence for each; null if there are none.</summary>
    public static string? Describe(ProcessTraits node, ProcessTraits here)
    {
        string?[] all = [DescribeCultures(node, here), DescribeIcu(node, here), DescribeCulture(node, here), DescribeZone(node, here)];
        var differences = string.Join(' ', all.Where(difference => difference is not null));
        return differences.Length == 0 ? null : differences;
    }

    private static string? DescribeCultures(ProcessTraits node, ProcessTraits here) => node.Cultures == here.Cultures
        ? null
        : $"Its cultures are [{GetName(node.Cultures)}], here [{GetName(here.Cultures)}]: text is compared, sorted, normalized and "
            + "formatted differently, so install ICU with all its data on both sides, and set InvariantGlobalization to false.";

    private static string? DescribeIcu(ProcessTraits node, ProcessTraits here) =>
        GetMajor(node) == GetMajor(here) || node.Cultures == CultureSupport.Invariant || here.Cultures == CultureSupport.Invariant
            ? null
            : $"Its version of ICU is [{GetVersion(node)}], here [{GetVersion(here)}]: the order and the formats of text may differ, so "
                + "install the same major version on both sides.";

    private static string? DescribeCulture(ProcessTraits node, ProcessTraits here) =>
        node.Cultures != here.Cultures || string.Equals(node.Culture, here.Culture, StringComparison.Ordinal)
            ? null
            : $"Its culture is [{GetCultureName(node)}], here [{GetCultureName(here)}]: numbers and dates are formatted and parsed "
                + "differently where no culture is named, so name it, set it in WorkerPoolOptions.Initializer, or start both sides with "
                + "the same variable LANG.";

    private static string GetCultureName(ProcessTraits traits) => traits.Culture.Length == 0 ? "invariant" : traits.Culture;

    private static string? DescribeZone(ProcessTraits node, ProcessTraits here)
    {
        if (node.ZoneRules == here.ZoneRules)
            return null;
        return string.Equals(node.TimeZone, here.TimeZone, StringComparison.Ordinal)
            ? $"Its rules of the time zone [{here.TimeZone}] are not those here: conversions to local times differ, so install the same "
                + "version of the time zone data on both sides."
            : $"Its time zone is [{node.TimeZone}], here [{here.TimeZone}]: DateTime.Now and conversions to local times differ, so set the "
                + "variable TZ to the same zone on both sides, or use DateTime.UtcNow and DateTimeOffset.";
    }

    private static int GetMajor(ProcessTraits traits) => traits.IcuVersion >>> 24;

    private static string GetVersion(ProcessTraits traits) => traits.IcuVersion == 0
        ? "unknown"
        : string.Create(CultureInfo.InvariantCulture, $"{GetMajor(traits)}.{(traits.IcuVersion >>> 16) & 0xFF}");

    private static string GetName(CultureSupport cultures) => cultures switch
    {
        CultureSupport.Full => "all",
        CultureSupport.EnglishOnly => "English only",
        _ => "none, globalization-invariant",
    };
}
