using System.Diagnostics;
using System.Text;
using ActorPool.Processes;

namespace ActorPool;

/// <summary>This program, started again as a node: for checks of functions.</summary>
/// <remarks>
/// The node is started by .NET's startup hook (<see cref="StartupHook"/>), in place of the program's <c>Main</c>. It ends with its standard
/// input, and so with this process.
/// </remarks>
internal sealed class SecondProcess : IAsyncDisposable
{
    private const string Variable = "ACTORPOOL_SECOND_PROCESS";
    private const string AddressLine = "ActorPool second process: ";

    private static readonly TimeSpan s_startTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(10);

    // Zones that few programs run in, with offsets of no whole hours; the first one that is not this process's.
    private static readonly string[] s_zones = ["Pacific/Chatham", "Asia/Kathmandu"];

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private SecondProcess(Process process) => _process = process;

    /// <summary>The address of its node.</summary>
    public string Address { get; private set; } = "";

    /// <exception cref="InvalidOperationException">It cannot be started, or no node runs in it; the message says why.</exception>
    public static async Task<SecondProcess> StartAsync(CancellationToken cancellationToken)
    {
        var start = CreateStartInfo();
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment[ChildEnvironment.Hooks] = ProgramFile.HookName;
        start.Environment[Variable] = "1";
        start.Environment["TZ"] = Array.Find(s_zones, zone => !string.Equals(zone, TimeZoneInfo.Local.Id, StringComparison.Ordinal));
        var process = Process.Start(start) ?? throw new InvalidOperationException($"[{start.FileName}] did not start.");
        var second = new SecondProcess(process);
        try
        {
            await second.WaitForNodeAsync(cancellationToken).ConfigureAwait(false);
            return second;
        }
        catch
        {
            await second.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs the node, if this is such a process; does not return then.</summary>
    public static void RunIfRequested()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            return;
        // Processes that functions start are none.
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable(ChildEnvironment.Hooks, null);
        Environment.Exit(Task.Run(RunAsync).GetAwaiter().GetResult());
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(s_endTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static async Task<int> RunAsync()
    {
        var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).ConfigureAwait(false);
        await using var ending = node.ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"{AddressLine}{node.Address}").ConfigureAwait(false);
        await Console.OpenStandardInput().CopyToAsync(Stream.Null).ConfigureAwait(false);
        return 0;
    }

    private async Task WaitForNodeAsync(CancellationToken cancellationToken)
    {
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) => OnLine(line.Data, address);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data, address);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var ended = _process.WaitForExitAsync(cancellationToken);
        Task first = Task.WhenAny(address.Task, ended);
        await first.WaitAsync(s_startTimeout, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (!address.Task.IsCompleted)
        {
            var what = _process.HasExited
                ? $"ended with [{_process.ExitCode}] before its node ran"
                : $"has no node after [{s_startTimeout}]";
            throw new InvalidOperationException(
                $"The second process {what}. Startup hooks must not be switched off (StartupHookSupport). "
                + $"It was started as [{FormatCommand()}], and wrote: {_log}");
        }
        Address = await address.Task.ConfigureAwait(false);
    }

    private void OnLine(string? line, TaskCompletionSource<string> address)
    {
        if (line is null)
            return;
        if (line.StartsWith(AddressLine, StringComparison.Ordinal))
            address.TrySetResult(line[AddressLine.Length..]);
        lock (_log)
        {
            if (_log.Length < 4096)
                _log.AppendLine(line);
        }
    }

    private string FormatCommand() => $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}";

    private static ProcessStartInfo CreateStartInfo() => ProgramFile.IsSingleFile
        ? throw new InvalidOperationException(
            "A second process needs the program's files: it cannot be started from a program that is a single file. "
            + "Check the function in a test project, or without FunctionCheckOptions.InSecondProcess.")
        : ProgramFile.CreateStartInfo();
}
