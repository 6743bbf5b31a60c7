using System.Globalization;
using ActorPool.Processes;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Processes;

[Collection(ManyProcesses.Name)]
public sealed class ChildProcessTests
{
    [Fact]
    public async Task It_gets_what_it_is_told_and_the_surroundings_of_its_parent()
    {
        Environment.SetEnvironmentVariable("ACTORPOOL_TEST", "a value");
        var options = ChildHandlers.For(ChildHandlers.Report);
        options = options with { Start = options.Start with { Secret = new byte[] { 0xAB, 0xCD, 0xEF, 0x01 } } };
        await using var child = ChildProcess.Start(options);

        var lines = await ReadAll(child);

        Assert.Equal(0, (await child.Exited).ExitCode);
        Assert.Contains($"told /no socket /no note {options.Start.SessionId:N} abcdef01", lines, StringComparer.Ordinal);
        Assert.Contains($"folder {Environment.CurrentDirectory}", lines, StringComparer.Ordinal);
        Assert.Contains($"zone {TimeZoneInfo.Local.Id}", lines, StringComparer.Ordinal);
        Assert.Contains($"culture {CultureInfo.CurrentCulture.Name}", lines, StringComparer.Ordinal);
        Assert.Contains($"processors {Environment.ProcessorCount}", lines, StringComparer.Ordinal);
        Assert.Contains("server collector False", lines, StringComparer.Ordinal);
        Assert.Contains("input []", lines, StringComparer.Ordinal);
        Assert.Contains($"variable {ChildEnvironment.Marker}=[]", lines, StringComparer.Ordinal);
        foreach (var name in new[] { ChildEnvironment.Hooks, "DOTNET_gcServer" })
            Assert.Contains($"variable {name}=[{Environment.GetEnvironmentVariable(name)}]", lines, StringComparer.Ordinal);
        Assert.Contains("variable ACTORPOOL_TEST=[a value]", lines, StringComparer.Ordinal);
        var command = lines.Single(line => line.StartsWith("command ", StringComparison.Ordinal));
        Assert.DoesNotContain("abcdef01", command, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain($"{options.Start.SessionId:N}", command, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Its_memory_and_processors_can_be_limited()
    {
        var options = LimitTo(200 << 20, ChildHandlers.For(ChildHandlers.Report)) with { Processors = 17 };
        await using var child = ChildProcess.Start(options);

        var lines = await ReadAll(child);

        Assert.Contains($"limit {200 << 20}", lines, StringComparer.Ordinal);
        Assert.Contains("processors 17", lines, StringComparer.Ordinal);
    }

    private static ChildOptions LimitTo(long bytes, ChildOptions options) =>
        options with { Start = options.Start with { MaxMemoryBytes = bytes } };

    [Fact]
    public async Task One_that_exceeds_its_memory_ends_and_says_so()
    {
        await using var child = ChildProcess.Start(LimitTo(64 << 20, ChildHandlers.For(ChildHandlers.Allocate)));

        var exit = await child.Exited.Within("the end of the child");

        Assert.Equal(134, exit.ExitCode);
        Assert.Contains(exit.ErrorLines, line => line.Contains("OutOfMemoryException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Processes_that_native_code_starts_are_no_workers()
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.ReportNative));

        var lines = await ReadAll(child);

        Assert.Contains(lines, line => line.StartsWith("PATH=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith(ChildEnvironment.Marker, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith($"{ChildEnvironment.Hooks}=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("DOTNET_gcServer=0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_writes_much_is_not_held_up_when_nobody_reads()
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.Chatter));

        Assert.Equal(0, (await child.Exited.Within("the end of the child")).ExitCode);

        var lines = await ReadAll(child);
        Assert.Equal(1024, lines.Count);
        Assert.Equal(40_000 + 3 + 1 - lines.Count, child.DroppedLines);
        Assert.Equal(Enumerable.Range(19_980, 20).Select(i => $"error {i}"), child.ErrorLines, StringComparer.Ordinal);
        Assert.Contains("the end", lines, StringComparer.Ordinal);
        Assert.Contains($"long {new string('y', LineSplitter.MaxChars - "long ".Length)}", lines, StringComparer.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, LineSplitter.MaxChars));
    }

    [Fact]
    public async Task Its_memory_can_be_read_while_it_runs()
    {
        var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.Wait));
        await using var ending = child;
        await child.ReadLine();

        Assert.InRange(child.ResidentBytes, 5L << 20, 1L << 30);

        await child.DisposeAsync();
        Assert.Equal(0, child.ResidentBytes);
        child.Kill();
    }

    [Fact]
    public async Task A_worker_whose_Main_does_not_ask_starts_no_further_ones()
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.StartWhileMarked));

        var exit = await child.Exited.Within("the end of the child");

        const string Advice = "Call WorkerProcess.RunIfRequested(args) first in Main";
        Assert.Contains(exit.ErrorLines, line => line.Contains(Advice, StringComparison.Ordinal));
    }

    [Fact]
    public void A_process_that_is_no_worker_goes_on()
    {
        WorkerProcess.RunIfRequested([]);
        Assert.Throws<ArgumentNullException>(() => WorkerProcess.RunIfRequested(null!));
    }

    [Fact]
    public async Task Many_that_ended_leave_no_file_and_no_thread()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // In a process of its own: the files and threads of other tests come and go.
        await using var parent = ChildProcess.Start(ChildHandlers.For(ChildHandlers.StartMany));

        var exit = await parent.Exited.Within("the end of the parent");

        Assert.True(exit.ExitCode == 0, exit.Describe());
    }

    [Fact]
    public async Task One_that_ended_leaves_no_file_until_the_garbage_is_collected()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var parent = ChildProcess.Start(ChildHandlers.For(ChildHandlers.StartWithoutCollection));

        var exit = await parent.Exited.Within("the end of the parent");

        Assert.True(exit.ExitCode == 0, exit.Describe());
    }

    [Fact]
    public async Task A_killed_one_leaves_no_files_of_debuggers()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.Wait));
        await child.ReadLine();
        var pattern = $"*-{child.Id}-*";

        child.Kill();
        await child.Exited.Within("the end of the child");

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetTempPath(), pattern));
    }

    private static async Task<List<string>> ReadAll(ChildProcess child) =>
        [.. (await child.Lines.ReadAllAsync().ReadAll("the lines of the child")).Select(line => line.Text)];
}
