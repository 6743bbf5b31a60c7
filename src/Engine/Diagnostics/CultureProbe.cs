using System.Globalization;

namespace ActorPool.Diagnostics;

/// <summary>Finds out which cultures this process supports.</summary>
internal static class CultureProbe
{
    /// <summary>Measures behaviour instead of reading settings.</summary>
    /// <remarks>
    /// Switches, variables and missing libraries all lead to the same behaviour. Costs a few milliseconds where nothing has used a culture
    /// before, because ICU is loaded.
    /// </remarks>
    public static CultureSupport Measure()
    {
        // In the order of code points, capital letters come first.
        if (CultureInfo.InvariantCulture.CompareInfo.Compare("a", "B", CompareOptions.None) > 0)
            return CultureSupport.Invariant;
        return HasComma("de-DE") && HasComma("fr-FR") ? CultureSupport.Full : CultureSupport.EnglishOnly;
    }

    private static bool HasComma(string culture)
    {
        try
        {
            return CultureInfo.GetCultureInfo(culture).NumberFormat.NumberDecimalSeparator is ",";
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }
}
