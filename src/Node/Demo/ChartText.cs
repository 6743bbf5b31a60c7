namespace ActorPool.Node.Demo;

/// <summary>Estimates the sizes of texts in a sans-serif font.</summary>
/// <remarks>The font is known only where the picture is shown.</remarks>
internal static class ChartText
{
    /// <summary>The distance from a line's middle to its base line, in font sizes.</summary>
    public const double HalfHeight = 0.35;

    // Too wide is better than too narrow: the widest of the usual fonts, DejaVu Sans, has 0.64 em for a digit, and on average less than
    // 0.6 em for a letter of a word.
    private const double EmsPerLetter = 0.65;

    public static double MeasureWidth(string text, double fontSize) => text.Length * EmsPerLetter * fontSize;
}
