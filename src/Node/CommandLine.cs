using System.CommandLine;
using System.CommandLine.Invocation;

namespace ActorPool.Node;

/// <summary>Runs the command that the arguments name, and turns how it ended into a message on standard error and an exit code.</summary>
internal static class CommandLine
{
    public const int Failure = 1;
    public const int WrongUsage = 2;

    /// <summary>The cluster went on without this node: starting it again may help. <c>EX_TEMPFAIL</c> of sysexits.h.</summary>
    public const int Removed = 75;

    /// <summary>Nothing was started, because the configuration is wrong or would not be safe. <c>EX_CONFIG</c> of sysexits.h.</summary>
    public const int WrongConfiguration = 78;

    /// <summary>Parses and runs.</summary>
    /// <returns>What the command returned; 1 when it failed, or the code of its <see cref="NodeException"/>; 2 for wrong arguments; 130 after SIGINT and 143 after SIGTERM.</returns>
    public static async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> args)
    {
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            // Without this, guesses at what was meant would go to standard output, which is for results.
            await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Error }, CancellationToken.None);
            await Console.Error.WriteLineAsync("Add --help for what there is.");
            return WrongUsage;
        }
        using var signals = new TerminationSignals();
        // Signals and failures are handled here: System.CommandLine would not say which signal it was, and prints stack traces.
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        try
        {
            return await parsed.InvokeAsync(configuration, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Received is { } signal)
        {
            await Console.Error.WriteLineAsync($"Cancelled by {signal}.");
            return TerminationSignals.ExitCode(signal);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}");
            return e is NodeException { ExitCode: var code } ? code : Failure;
        }
    }
}
