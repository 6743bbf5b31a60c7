using System.Globalization;
using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Writes the log to standard error, one line for each event.</summary>
/// <remarks>Events of remoting are written without the stack and without what a stranger sent.</remarks>
internal sealed class StandardErrorLogger : EngineLogger
{
    private const int MaxRemotingText = 400;

    /// <summary>Formats an event as one line, whatever its message or exception holds.</summary>
    public static string FormatLine(LogEvent e) => MakePrintable(e.ToString().TrimEnd().ReplaceLineEndings(" | "));

    /// <summary>Replaces control characters, so that a stranger's text cannot move a terminal's cursor.</summary>
    public static string MakePrintable(string line) =>
        line.Any(IsUnprintable) ? string.Concat(line.Select(c => IsUnprintable(c) ? '?' : c)) : line;

    /// <summary>Makes a log of the engine's lines from INFO on, and Akka's from WARNING on.</summary>
    public static LogTarget CreateTarget() => new(LogLevel.InfoLevel, static (e, omitted) =>
    {
        if (e.Message is EngineMessage || e.LogLevel() >= LogLevel.WarningLevel)
            WriteLine(e, omitted);
    });

    protected override void Write(LogEvent e, int omitted) => WriteLine(e, omitted);

    private static void WriteLine(LogEvent e, int omitted) =>
        Console.Error.WriteLine(AkkaLines.IsOfRemoting(e) ? FormatFirstLine(e, omitted) : FormatLine(e));

    /// <summary>Cuts a text to its first line, with a bounded length.</summary>
    public static string CutToFirstLine(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var line = end < 0 ? text : text[..end];
        return MakePrintable(line.Length <= MaxRemotingText ? line : line[..MaxRemotingText] + "...");
    }

    private static string FormatFirstLine(LogEvent e, int omitted) => AddOmitted(CutToFirstLine(e.ToString()), omitted);

    /// <summary>Adds how many lines of its kind were left out.</summary>
    public static string AddOmitted(string line, int omitted) =>
        omitted == 0 ? line : $"{line} {omitted} more of this kind since the last such line.";

    private static bool IsUnprintable(char c) => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;
}
