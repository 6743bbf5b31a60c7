using System.Globalization;
using System.Text;

namespace ActorPool.Diagnostics;

/// <summary>Reads texts that a user's types produce, which may throw or be endless.</summary>
internal static class SafeText
{
    /// <summary>The longest text of a user's exception that is repeated in one of the engine's.</summary>
    /// <remarks>The inner exception still has the whole text.</remarks>
    private const int MaxMessageChars = 64 * 1024;

    public static string GetMessage(Exception error) => Cut(Read(nameof(Exception.Message), () => error.Message) ?? "", MaxMessageChars);

    /// <summary>Reads an error's message as a phrase for another sentence, without its full stop.</summary>
    public static string GetReason(Exception error) => GetMessage(error).TrimEnd('.');

    /// <summary>Reads a text; if that throws, says which member threw what.</summary>
    public static string? Read(string member, Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
        {
            return $"(its {member} threw {e.GetType().Name})";
        }
    }

    /// <summary>Replaces control and format characters, and halves of surrogate pairs.</summary>
    public static string Clean(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => IsPrintable(rune) ? rune : Rune.ReplacementChar));

    /// <summary>Cuts a text that is too long, and says how long it was.</summary>
    public static string Cut(string text, int maxChars) =>
        text.Length <= maxChars ? text : string.Concat(text.AsSpan(0, maxChars), $"... [{text.Length} characters]");

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
