using ActorPool.Processes;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Processes;

/// <summary>A worker's exit code says in plain text why it ended.</summary>
[Collection(ManyProcesses.Name)]
public sealed class ChildExitTests
{
    [Theory]
    [InlineData(134, "Stack overflow.", "exit code 134 (signal 6, SIGABRT): a stack overflow")]
    [InlineData(134, "Process terminated. reason", "Environment.FailFast")]
    [InlineData(134, "Unhandled exception. System.X: y", "an unhandled exception, as on a thread")]
    [InlineData(134, "Out of memory.", "no memory left")]
    [InlineData(134, "Fatal error. System.AccessViolationException", "memory that is not its own")]
    [InlineData(134, "something else", "a stack overflow, Environment.FailFast, an unhandled exception")]
    [InlineData(137, "", "(signal 9, SIGKILL): it was killed, perhaps by the system for lack of memory")]
    [InlineData(139, "", "(signal 11, SIGSEGV): a crash in native code")]
    [InlineData(135, "", "a crash in native code")]
    [InlineData(143, "", "(signal 15, SIGTERM): another process told it to end")]
    [InlineData(130, "", "(signal 2, SIGINT): another process told it to end")]
    [InlineData(140, "", "(signal 12): another process, or its own code, sent it this signal")]
    [InlineData(0, "", "ended with exit code 0: the function called Environment.Exit(0)")]
    [InlineData(3, "", "the function called Environment.Exit(3)")]
    [InlineData(255, "", "the function called Environment.Exit(255)")]
    public void A_code_of_Unix_says_what_it_likely_means(int code, string error, string expected) =>
        Assert.Contains(expected, new ChildExit(code, [error], WasKilled: false, IsWindows: false).Describe(), StringComparison.Ordinal);

    [Theory]
    [InlineData(unchecked((int)0xC00000FD), "Stack overflow.", "exit code 0xC00000FD: a stack overflow")]
    [InlineData(unchecked((int)0xE0434352), "Unhandled exception. System.X: y", "an unhandled exception")]
    [InlineData(unchecked((int)0xC0000005), "", "a crash in native code")]
    [InlineData(-1, "", "it was killed")]
    [InlineData(134, "", "exit code 134: the function called Environment.Exit(134)")]
    [InlineData(3, "", "the function called Environment.Exit(3)")]
    public void A_code_of_Windows_says_what_it_likely_means(int code, string error, string expected) =>
        Assert.Contains(expected, new ChildExit(code, [error], WasKilled: false, IsWindows: true).Describe(), StringComparison.Ordinal);

    [Fact]
    public void One_that_the_pool_has_ended_is_not_explained() =>
        Assert.Equal(
            "ended with exit code 137 (signal 9, SIGKILL), since its pool has ended it",
            new ChildExit(137, ["Stack overflow."], WasKilled: true, IsWindows: false).Describe());

    [Theory]
    [InlineData(nameof(ChildHandlers.OverflowStack), 134, "a stack overflow", "Stack overflow.")]
    [InlineData(nameof(ChildHandlers.FailFast), 134, "Environment.FailFast", "the reason of the test")]
    [InlineData(nameof(ChildHandlers.ThrowOnThread), 134, "an unhandled exception", "thrown on a thread")]
    [InlineData(nameof(ChildHandlers.ReadWildMemory), 134, "memory that is not its own", "AccessViolationException")]
    [InlineData(nameof(ChildHandlers.SigKill), 137, "perhaps by the system for lack of memory", "")]
    [InlineData(nameof(ChildHandlers.CrashInNativeCode), 139, "a crash in native code", "")]
    [InlineData(nameof(ChildHandlers.SigTerm), 143, "another process told it to end", "")]
    [InlineData(nameof(ChildHandlers.Exit0), 0, "Environment.Exit(0)", "")]
    [InlineData(nameof(ChildHandlers.Exit3), 3, "Environment.Exit(3)", "")]
    [InlineData(nameof(ChildHandlers.Return7), 7, "Environment.Exit(7)", "")]
    public async Task A_real_process_says_why_it_ended(string handler, int code, string meaning, string error)
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(
            typeof(ChildHandlers).GetMethod(handler)!.CreateDelegate<Func<ChildStart, Task<int>>>()));

        var exit = await child.Exited.Within(handler);

        var text = exit.Describe();
        Assert.True(exit.ExitCode == code, text);
        Assert.Contains(meaning, text, StringComparison.Ordinal);
        Assert.Contains(error, string.Join(Environment.NewLine, exit.ErrorLines), StringComparison.Ordinal);
        Assert.InRange(exit.ErrorLines.Count, 0, ErrorTail.MaxLines);
    }
}
