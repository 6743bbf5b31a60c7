using System.Globalization;
using System.Text;
using Spectre.Console;

namespace ActorPool.Terminal;

/// <summary>Measures and cuts text in the columns that a terminal needs for it.</summary>
internal static class Cells
{
    /// <summary>Gets the columns of a text without control characters.</summary>
    public static int Count(string text) => text.GetCellWidth();

    /// <summary>Replaces control characters, which would move the cursor, by spaces.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                clean.Append(' ');
            else
                clean.Append(rune.ToString());
        }
        return clean.ToString().Trim();
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

    private static IEnumerable<string> Elements(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
            yield return elements.GetTextElement();
    }
}
