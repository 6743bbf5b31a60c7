using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ActorPool.Terminal;

namespace ActorPool.Node;

/// <summary>Runs the command that the arguments name.</summary>
/// <remarks>Its outcome becomes an exit code and, if it failed, a message on standard error.</remarks>
internal static class CommandLine
{
    public const int Failure = 1;
    public const int WrongUsage = 2;

    /// <summary>This node is outside its cluster: starting it again may help.</summary>
    /// <remarks><c>EX_TEMPFAIL</c> of sysexits.h.</remarks>
    public const int Removed = 75;

    /// <summary>The configuration is wrong or unsafe, or no seed can be joined with it.</summary>
    /// <remarks><c>EX_CONFIG</c> of sysexits.h.</remarks>
    public const int WrongConfiguration = 78;

    /// <summary>Parses the arguments and runs the command.</summary>
    /// <returns>
    /// What the command returned; 1 when it failed, or the code of its <see cref="NodeException"/>; 2 for wrong arguments; 129 if SIGHUP,
    /// 130 if SIGINT and 143 if SIGTERM cancelled it.
    /// </returns>
    public static async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> args)
    {
        var parsed = root.Parse(args);
        if (FindUnknownFlag(parsed) is { } unknown)
            parsed = CreateWithoutArguments(parsed.CommandResult.Command).Parse([unknown]);
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            wrong.ShowTypoCorrections = false; // it would suggest flags for words as well
            await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Error }, CancellationToken.None);
            await SuggestAsync(parsed);
            await Console.Error.WriteLineAsync("Add --help to list commands and flags.");
            return WrongUsage;
        }
        using var signals = new TerminationSignals();
        // Signals and failures are handled here, because System.CommandLine would not say which signal came, and would print stack traces.
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        try
        {
            return await parsed.InvokeAsync(configuration, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Received is { } signal)
        {
            await Console.Error.WriteLineAsync($"Cancelled by {signal}.");
            return TerminationSignals.GetExitCode(signal);
        }
        catch (Exception e)
        {
            // A message has several lines where there are several faults, and may repeat what others have named.
            await Console.Error.WriteLineAsync($"Error: {string.Join('\n', e.Message.Split('\n').Select(Cells.ReplaceControls))}");
            return e is NodeException { ExitCode: var code } ? code : Failure;
        }
    }

    /// <summary>Finds an unknown flag that was taken for an argument such as HOST.</summary>
    /// <returns>Null if there is none, or what follows -- says that arguments may look so.</returns>
    private static string? FindUnknownFlag(ParseResult parsed) => parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
        ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(value => value.StartsWith("--", StringComparison.Ordinal));

    /// <summary>Suggests flags for what looks like a flag, and commands for other words.</summary>
    private static async Task SuggestAsync(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        foreach (var areFlags in new[] { false, true })
        {
            var unknown = parsed.UnmatchedTokens.Where(token => token.StartsWith('-') == areFlags).ToArray();
            var known = areFlags ? CreateWithoutArguments(command) : CreateWithoutFlags(command);
            var again = known.Parse(unknown);
            if (unknown.Length == 0 || again.Action is not ParseErrorAction wrong)
                continue;
            wrong.ShowHelp = false;
            // Suggestions would go to standard output, which is for results; the errors were told.
            var configuration = new InvocationConfiguration { Output = Console.Error, Error = TextWriter.Null };
            await again.InvokeAsync(configuration, CancellationToken.None);
        }
    }

    private static RootCommand CreateWithoutFlags(Command command)
    {
        var root = new RootCommand();
        root.Options.Clear();
        foreach (var subcommand in command.Subcommands)
            root.Subcommands.Add(new Command(subcommand.Name));
        return root;
    }

    /// <summary>Makes a command that knows the same flags and takes no arguments.</summary>
    /// <remarks>System.CommandLine suggests flags only for what no argument takes.</remarks>
    private static RootCommand CreateWithoutArguments(Command command)
    {
        var root = new RootCommand();
        var known = root.Options.Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var option in command.Options.Where(option => !known.Contains(option.Name)).ToArray())
            root.Options.Add(option);
        return root;
    }
}
