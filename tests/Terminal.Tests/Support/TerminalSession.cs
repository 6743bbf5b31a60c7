using System.Diagnostics;
using System.Text;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.Terminal.Tests.Support;

/// <summary>The test program as a process on a terminal or pipes, and its output.</summary>
internal sealed class TerminalSession : IDisposable
{
    private static readonly string s_program = Path.Combine(
        Repository.Root, "tests", "TerminalProgram", "bin", Repository.Configuration, "net10.0", "TerminalProgram.dll");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-terminal-");
    private readonly Process _process;
    private readonly StreamWriter _commands;
    private readonly Lock _lock = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;

    // A shell that starts the tests in the background makes them ignore SIGINT, and their child processes would inherit that.
    private TerminalSession(Func<string, string[]> command)
    {
        // Commands do not come from the terminal, which would show them.
        var pipe = Path.Combine(_folder.FullName, "commands");
        using (var made = Process.Start("mkfifo", [pipe]))
            made.WaitForExit();
        // Who opens a pipe for reading too does not wait for the other side.
        _commands = new StreamWriter(new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("env", ["--default-signal=INT,QUIT", .. command(pipe)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        _process.Start();
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _error));
    }

    /// <summary>All that has come out; on a terminal, both streams.</summary>
    public string Output => Read(_output);

    /// <summary>Standard error; only on pipes.</summary>
    public string Error => Read(_error);

    /// <summary>Starts the program on a terminal, where Ctrl-C can be typed.</summary>
    public static TerminalSession OnTerminal(int width = 80, string redirect = "", string variables = "")
    {
        var start = $"stty cols {width} rows 24; exec env TERM=xterm-256color {variables} dotnet {s_program}";
        return new TerminalSession(pipe => ["script", "-qec", $"{start} {pipe} {redirect}", "/dev/null"]);
    }

    public static TerminalSession OnPipes() => new(pipe => ["dotnet", s_program, pipe]);

    public void Command(params string[] commands)
    {
        foreach (var command in commands)
            _commands.Write(command + "\n");
        _commands.Flush();
    }

    public void PressControlC()
    {
        _process.StandardInput.Write('\x03');
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until the terminal shows what is asked for.</summary>
    public async Task<VirtualTerminal> UntilAsync(Func<VirtualTerminal, bool> condition, int width = 80, string phase = "")
    {
        VirtualTerminal terminal = null!;
        try
        {
            await Deadline.Until(() => condition(terminal = Show(width)), phase);
        }
        catch (HangException e)
        {
            throw new HangException($"{phase}: the terminal shows\n{string.Join('\n', terminal.Rows)}", e);
        }
        return terminal;
    }

    /// <summary>Waits until a row has this text.</summary>
    public Task<VirtualTerminal> UntilAsync(string text, int width = 80) => UntilAsync(
        terminal => terminal.Rows.Any(row => row.Contains(text, StringComparison.Ordinal)), width, text);

    /// <summary>Shows what has come out so far on a terminal.</summary>
    public VirtualTerminal Show(int width = 80)
    {
        var terminal = new VirtualTerminal(width);
        var output = Output;
        // What ends in the middle of a sequence, or of a character of two, is not there yet.
        var escape = output.LastIndexOf('\e');
        if (escape >= 0 && !output.AsSpan(escape + 1).ContainsAnyInRange('A', 'z') && output.Length - escape < 10)
            output = output[..escape];
        terminal.Write(output);
        return terminal;
    }

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().Within($"the end of the program, which wrote {Output}");
        await _reading.Within("the end of its output");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _commands.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            lock (_lock)
                into.Append(buffer.AsSpan(0, count));
        }
    }

    private string Read(StringBuilder text)
    {
        lock (_lock)
            return text.ToString();
    }
}
