using Spectre.Console;

namespace ActorPool.Terminal;

/// <summary>Finds out what standard error is, and makes the display for it.</summary>
/// <remarks>
/// Spectre.Console knows what a terminal can do (<c>TERM</c>, <c>NO_COLOR</c>, old Windows consoles) and how wide characters are. Its live
/// display is not used: it draws only what is written through its own console, breaks unfinished lines, runs one display at a time inside
/// one call, and moves up by the rows that it drew, which a change of the width makes wrong.
/// </remarks>
internal static class ConsoleDisplay
{
    private const string Drawn = "━─…";

    public static IProgressDisplay Create(TimeProvider time)
    {
        var profile = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            // Spectre's enrichers switch escape codes on for build servers, whatever their output is.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        }).Profile;
        if (Console.IsErrorRedirected || !profile.Capabilities.Ansi)
            return new PlainDisplay(() => Console.Error, time);
        var encoding = Console.Error.Encoding;
        var isUnicode = string.Equals(encoding.GetString(encoding.GetBytes(Drawn)), Drawn, StringComparison.Ordinal);
        var style = new LineStyle(isUnicode, profile.Capabilities.ColorSystem != ColorSystem.NoColors);
        var terminal = new StreamWriter(Console.OpenStandardError(), encoding, bufferSize: 4096);
        return new LiveDisplay(new Screen(terminal, TerminalSize.Read), style);
    }
}
