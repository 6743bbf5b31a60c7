using System.Globalization;
using System.Text;
using Spectre.Console;

namespace ActorPool.Terminal;

/// <summary>Measures and cuts text in the columns that a terminal needs for it.</summary>
internal static class Cells
{
    /// <summary>Gets the columns of a text without control characters.</summary>
    public static int Count(string text) => text.GetCellWidth();

    /// <summary>Replaces control characters by spaces, and removes spaces at both ends.</summary>
    public static string Clean(string text) => ReplaceControls(text).Trim();

    /// <summary>Replaces control characters, and those that change the direction of text, by spaces.</summary>
    /// <remarks>The first would move the cursor; the others let a text look like another one.</remarks>
    public static string ReplaceControls(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(IsControl(rune) ? " " : rune.ToString());
        return clean.ToString();
    }

    /// <summary>Cuts a text to at most so many columns, and marks the cut.</summary>
    public static string Cut(string text, int columns, string mark)
    {
        if (Count(text) <= columns)
            return text;
        var markCells = Count(mark);
        if (columns < markCells)
            return "";
        var cut = new StringBuilder();
        var cells = markCells;
        foreach (var element in Elements(text))
        {
            cells += Count(element);
            if (cells > columns)
                break;
            cut.Append(element);
        }
        return cut.Append(mark).ToString();
    }

    // The second line is Unicode's property Bidi_Control. Other format characters join letters and emoji, and stay.
    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    private static IEnumerable<string> Elements(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
            yield return elements.GetTextElement();
    }
}
