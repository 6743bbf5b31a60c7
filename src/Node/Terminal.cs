using Spectre.Console;

namespace ActorPool.Node;

/// <summary>Makes consoles on standard output, for results, and standard error, for everything else.</summary>
/// <remarks>A redirected stream gets no escape codes.</remarks>
internal static class Terminal
{
    // A redirected stream has no width to ask for, and Spectre's 80 columns would break values.
    private const int RedirectedWidth = 1000;

    public static IAnsiConsole CreateOutput() => Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole CreateError() => Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Makes a console on a writer.</summary>
    /// <remarks><c>NO_COLOR</c> and <c>TERM</c> matter only if it is not redirected.</remarks>
    public static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            // Spectre's enrichers switch escape codes on for build servers, whatever this code requests.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (redirected)
            console.Profile.Width = RedirectedWidth;
        return console;
    }
}
