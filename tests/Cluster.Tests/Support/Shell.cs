using System.Diagnostics;

namespace ActorPool.ClusterTests.Support;

/// <summary>Runs commands of the operating system.</summary>
internal static class Shell
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command; spaces separate its arguments.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its standard error.</exception>
    public static async Task<string> RunAsync(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(words[0], words[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        process.Start();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(s_limit);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"[{command}] ended with {process.ExitCode}: {await error}");
    }

    /// <summary>Runs a command whose failure does not matter.</summary>
    public static async Task TryAsync(string command)
    {
        try
        {
            await RunAsync(command);
        }
        catch (InvalidOperationException)
        {
            // For example, what was to be removed does not exist.
        }
    }
}
