using Spectre.Console;

namespace ActorPool.Node;

/// <summary>The two streams: results go to standard output, all else to standard error. Redirected, neither gets escape codes.</summary>
internal static class Terminal
{
    // Behind a pipe there is no width to ask for; Spectre's 80 would break values.
    private const int RedirectedWidth = 1000;

    public static IAnsiConsole Output() => Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error() => Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>A console on a writer; <c>NO_COLOR</c> and <c>TERM</c> count where it is a terminal.</summary>
    public static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            // Spectre's enrichers switch escape codes on for build servers, whatever was asked for here.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (redirected)
            console.Profile.Width = RedirectedWidth;
        return console;
    }
}
