namespace ActorPool.Processes;

/// <summary>How a worker process has ended.</summary>
/// <param name="ExitCode">Its exit code; on Unix 128 + the number of a signal that has ended it.</param>
/// <param name="ErrorLines">The last lines of its standard error, at most 20.</param>
/// <param name="WasKilled">Whether the pool has killed it, or has told it to end.</param>
/// <param name="IsWindows">Whether the code is one of Windows.</param>
internal sealed record ChildExit(int ExitCode, IReadOnlyList<string> ErrorLines, bool WasKilled, bool IsWindows)
{
    private const int Signals = 128;
    private const int MaxSignal = 64;
    private const int SigAbort = 134;
    private const int SigKill = 137;

    /// <summary>The signal that has likely ended it; null for none.</summary>
    /// <remarks>A function that calls Environment.Exit with such a code cannot be told from it.</remarks>
    public int? Signal => !IsWindows && ExitCode is > Signals and <= Signals + MaxSignal ? ExitCode - Signals : null;

    /// <summary>The first line of .NET's report of a crash; null if it wrote none.</summary>
    public string? CrashLine => ErrorLines.LastOrDefault(CrashReport.IsHead);

    /// <summary>Returns in plain text what the exit likely means, without a full stop.</summary>
    /// <remarks>It completes a sentence that starts with the name of the process: "… ended with exit code 3: …".</remarks>
    public string Describe()
    {
        if (WasKilled)
            return $"ended with {DescribeCode()}, since its pool has ended it";
        return $"ended with {DescribeCode()}: {(IsWindows ? DescribeWindows() : DescribeUnix())}";
    }

    private string DescribeCode() => (IsWindows, Signal) switch
    {
        (true, _) when ExitCode is < 0 or > ushort.MaxValue => $"exit code 0x{ExitCode:X8}",
        (_, { } signal) => $"exit code {ExitCode} (signal {signal}{NameSignal(signal)})",
        _ => $"exit code {ExitCode}",
    };

    private string DescribeUnix() => ExitCode switch
    {
        SigAbort => DescribeAbort(),
        SigKill => $"it was killed, perhaps by the system for lack of memory{OrItself}",
        132 or 135 or 136 or 139 => $"a crash in native code{OrItself}",
        129 or 130 or 143 => $"another process told it to end{OrItself}",
        _ when Signal is not null => $"another process, or its own code, sent it this signal{OrItself}",
        _ => DescribeExit(),
    };

    private string DescribeWindows() => unchecked((uint)ExitCode) switch
    {
        0xC00000FD or 0x80131506 or 0x80131623 or 0xE0434352 or 0xC0000409 => DescribeAbort(),
        0xC0000005 or 0xC0000374 or 0xC000001D => "a crash in native code",
        0xC000013A => "another process told it to end",
        0xC0000017 => "it had no memory left",
        uint.MaxValue => "it was killed, or the function called Environment.Exit(-1)",
        _ => DescribeExit(),
    };

    private string OrItself => $", or the function called Environment.Exit({ExitCode})";

    private string DescribeExit() => $"the function called Environment.Exit({ExitCode}), or native code ended the process";

    private string DescribeAbort() => (CrashLine is { } line ? CrashReport.FindHead(line) : null) switch
    {
        CrashReport.StackOverflow => "a stack overflow, as by a recursion without an end",
        CrashReport.FailFast => "Environment.FailFast, or a failed assertion",
        CrashReport.UnhandledException => "an unhandled exception, as on a thread that the function has started",
        CrashReport.OutOfMemory => "it had no memory left",
        CrashReport.FatalError => "an error that .NET cannot go on after, as by code that writes to memory that is not its own",
        _ => "a stack overflow, Environment.FailFast, an unhandled exception on a thread that the function has started, or abort()",
    };

    private static string NameSignal(int signal) => signal switch
    {
        1 => ", SIGHUP",
        2 => ", SIGINT",
        3 => ", SIGQUIT",
        4 => ", SIGILL",
        6 => ", SIGABRT",
        7 when OperatingSystem.IsLinux() => ", SIGBUS",
        8 => ", SIGFPE",
        9 => ", SIGKILL",
        10 when OperatingSystem.IsMacOS() => ", SIGBUS",
        11 => ", SIGSEGV",
        15 => ", SIGTERM",
        _ => "",
    };
}
