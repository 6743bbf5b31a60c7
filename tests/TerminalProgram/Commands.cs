using System.Diagnostics;
using System.Globalization;

namespace ActorPool.TerminalProgram;

/// <summary>Runs the commands of a test.</summary>
internal sealed class Commands : IAsyncDisposable
{
    private readonly WorkerPool _pool = WorkerPool.Create(workers: 200);
    private readonly Dictionary<string, WatchedJob> _jobs = new(StringComparer.Ordinal);

    /// <summary>Runs a command, which is a word and its arguments.</summary>
    /// <returns>The exit code of the process; null to go on.</returns>
    public async Task<int?> RunAsync(string line)
    {
        var words = line.Split(' ');
        var text = line[Math.Min(line.Length, words[0].Length + 1)..].Replace("\\e", "\e", StringComparison.Ordinal);
        switch (words[0])
        {
            case "start": // name, items or ?, drop
                int? total = words[2] is "?" ? null : int.Parse(words[2], CultureInfo.InvariantCulture);
                _jobs[words[1]] = new WatchedJob(_pool, words[1], total, keep: words is not [.., "drop"]);
                break;
            case "finish":
                _jobs[words[1]].Finish(int.Parse(words[2], CultureInfo.InvariantCulture));
                break;
            case "fail":
                _jobs[words[1]].Fail();
                break;
            case "cancel":
                _jobs[words[1]].Cancel();
                break;
            case "await":
                Console.WriteLine($"{words[1]} ended: {await _jobs[words[1]].EndAsync() ?? "results"}");
                break;
            case "print":
                Console.WriteLine(text);
                break;
            case "partial":
                Console.Write(text);
                break;
            case "error":
                Console.Error.WriteLine(text);
                break;
            case "color":
                Console.ForegroundColor = ConsoleColor.Blue;
                break;
            case "resize":
                using (var stty = Process.Start("stty", ["cols", words[1]]))
                    await stty.WaitForExitAsync();
                break;
            case "terminate":
                await _pool.TerminateAsync();
                break;
            case "exit":
                return int.Parse(words[1], CultureInfo.InvariantCulture);
            default:
                throw new InvalidOperationException($"The command [{line}] is unknown.");
        }
        return null;
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();
}
