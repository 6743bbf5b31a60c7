using System.Diagnostics;
using System.Text;

namespace ActorPool.Node.Tests;

/// <summary>The built Node, or another program, as a real process, with what it printed.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Lock _lock = new();
    private readonly List<(string Text, TaskCompletionSource<string> Line)> _awaited = [];

    // A shell that starts the tests in the background makes them ignore SIGINT, and their child processes would inherit that.
    private NodeProcess(string file, IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("env", ["--default-signal=INT,QUIT", file, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
            },
        };
        // A short-lived process does most things once, and counting calls for later optimizations takes a tenth of its start.
        _process.StartInfo.Environment["DOTNET_TieredPGO"] = "0";
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Read(_output);

    public string Error => Read(_error);

    /// <summary>Both streams, for the message of a test that failed.</summary>
    public string Log =>
        $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} "
        + $"({(_process.HasExited ? $"ended with {_process.ExitCode}" : "runs")}) printed:\n{Output}\non standard error:\n{Error}";

    public static NodeProcess Start(params string[] arguments) => Run("dotnet", [Repository.Node, .. arguments]);

    /// <summary>Starts the Node with further environment variables.</summary>
    public static NodeProcess StartWith(string[] environment, string[] arguments, string[]? prefix = null)
    {
        string[] command = [.. prefix ?? [], "env", .. environment, "dotnet", Repository.Node, .. arguments];
        return Run(command[0], command[1..]);
    }

    /// <summary>Starts the Node and waits until it has printed this text.</summary>
    public static async Task<NodeProcess> StartAndAwaitAsync(string text, params string[] arguments)
    {
        var node = Start(arguments);
        try
        {
            await node.AwaitAsync(text);
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>Starts the Node on a pseudo-terminal.</summary>
    public static NodeProcess StartOnTerminal(params string[] arguments) =>
        Run("script", "-qec", $"dotnet {Repository.Node} {string.Join(' ', arguments)}", "/dev/null");

    /// <summary>Starts the Node on a pseudo-terminal of some columns and 24 rows.</summary>
    public static NodeProcess StartOnTerminalOf(int width, params string[] arguments) => Run(
        "script", "-qec", $"stty cols {width} rows 24; exec env TERM=xterm-256color dotnet {Repository.Node} {string.Join(' ', arguments)}",
        "/dev/null");

    /// <summary>Starts any program.</summary>
    public static NodeProcess Run(string file, params string[] arguments) => new(file, arguments);

    /// <summary>Waits for a line with this text on either stream; earlier lines count too.</summary>
    /// <returns>The line.</returns>
    public async Task<string> AwaitAsync(string text)
    {
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if ($"{_output}{_error}".Split('\n').FirstOrDefault(printed => printed.Contains(text, StringComparison.Ordinal)) is { } printed)
                return printed;
            _awaited.Add((text, line));
        }
        var ended = _process.WaitForExitAsync();
        await Within(Task.WhenAny(line.Task, ended), $"the text [{text}]");
        // Its last lines may arrive after its end.
        return line.Task.IsCompleted ? await line.Task : throw new InvalidOperationException($"It ended before the text [{text}]. {Log}");
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="limit">How long; null: two minutes. A build on a busy machine needs longer.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync(TimeSpan? limit = null)
    {
        await Within(_process.WaitForExitAsync(), "its end", limit);
        return _process.ExitCode;
    }

    /// <summary>Waits for its end and checks its exit code.</summary>
    /// <exception cref="InvalidOperationException">It ended with another one; the message has what it printed.</exception>
    public async Task CheckEndAsync(int exitCode, TimeSpan? limit = null)
    {
        var ended = await EndAsync(limit);
        if (ended != exitCode)
            throw new InvalidOperationException($"It should have ended with {exitCode}. {Log}");
    }

    /// <summary>Presses keys, on a terminal.</summary>
    public async Task PressAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends a signal, for example INT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await Within(kill.WaitForExitAsync(), "the end of kill");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(s_deadline);
        }
        _process.Dispose();
    }

    private async Task Within(Task task, string what, TimeSpan? limit = null)
    {
        try
        {
            await task.WaitAsync(limit ?? s_deadline);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Waited {limit ?? s_deadline} for {what}. {Log}", e);
        }
    }

    private void Add(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            text.Append(line).Append('\n');
            _awaited.RemoveAll(awaited => line.Contains(awaited.Text, StringComparison.Ordinal) && awaited.Line.TrySetResult(line));
        }
    }

    private string Read(StringBuilder text)
    {
        lock (_lock)
            return text.ToString();
    }
}
