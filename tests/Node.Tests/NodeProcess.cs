using System.Diagnostics;
using System.Text;

namespace ActorPool.Node.Tests;

/// <summary>The built Node as a real process, with what it printed.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _awaited;

    private NodeProcess(string? awaited, string file, IEnumerable<string> arguments)
    {
        _awaited = awaited;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false },
        };
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Error => Read(_error);

    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "Node.dll");

    public static NodeProcess Start(params string[] arguments) => new(null, "dotnet", [Assembly, .. arguments]);

    /// <summary>Starts the Node with further environment variables.</summary>
    public static NodeProcess StartWith(string[] environment, params string[] arguments) => new(null, "env", [.. environment, "dotnet", Assembly, .. arguments]);

    /// <summary>Starts the Node and waits until it has printed this text.</summary>
    public static async Task<NodeProcess> StartAndAwaitAsync(string text, params string[] arguments)
    {
        var node = new NodeProcess(text, "dotnet", [Assembly, .. arguments]);
        await node.Within(node._ready.Task, $"the text [{text}]");
        return node;
    }

    /// <summary>Starts the Node on a pseudo-terminal.</summary>
    public static NodeProcess StartOnTerminal(params string[] arguments) =>
        new(null, "script", ["-qec", $"dotnet {Assembly} {string.Join(' ', arguments)}", "/dev/null"]);

    public async Task<int> EndAsync()
    {
        await Within(_process.WaitForExitAsync(), "its end");
        return _process.ExitCode;
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
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task Within(Task task, string what)
    {
        try
        {
            await task.WaitAsync(s_deadline);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Waited {s_deadline} for {what}. It printed so far:\n{Output}\non standard error:\n{Error}", e);
        }
    }

    private void Add(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
        if (_awaited is not null && line.Contains(_awaited, StringComparison.Ordinal))
            _ready.TrySetResult();
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
