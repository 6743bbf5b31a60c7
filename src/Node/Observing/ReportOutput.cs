using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Observing;

/// <summary>Writes reports to standard output: as tables, or as JSON.</summary>
internal sealed class ReportOutput(bool isJson)
{
    private readonly IAnsiConsole _console = Terminal.CreateOutput();

    /// <summary>The terminal for what changes all the time.</summary>
    /// <value>Null if there is none, or JSON is wanted.</value>
    public IAnsiConsole? Screen => !isJson && _console.Profile is { Capabilities: { Ansi: true, Interactive: true } } ? _console : null;

    /// <summary>Makes the flag that chooses between them.</summary>
    public static Option<string> CreateOption()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "A table for people, or JSON for programs.",
            HelpName = "table|json",
            DefaultValueFactory = _ => "table",
        };
        option.AcceptOnlyFromAmong("table", "json");
        return option;
    }

    /// <summary>Writes one report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="type">How it is written as JSON.</param>
    /// <param name="render">How it is shown to people.</param>
    public void Write<T>(T report, JsonTypeInfo<T> type, Func<T, IEnumerable<IRenderable>> render)
    {
        if (isJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, type));
            return;
        }
        foreach (var part in render(report))
        {
            _console.Write(part);
            if (part is not Spectre.Console.Table)
                _console.WriteLine();
        }
    }
}
