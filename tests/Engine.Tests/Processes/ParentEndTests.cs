using System.Diagnostics;
using ActorPool.Processes;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Processes;

/// <summary>Worker processes end with their parent, whatever they do and however it ends.</summary>
/// <remarks>The parent is a worker process itself: two children of it spin, each with a process that sleeps.</remarks>
[Collection(ManyProcesses.Name)]
public sealed class ParentEndTests
{
    [Theory]
    [InlineData("-KILL")]
    [InlineData("-TERM")]
    public async Task They_end_when_a_signal_ends_their_parent(string signal)
    {
        await using var parent = ChildProcess.Start(ChildHandlers.For(ChildHandlers.BeParent));
        var ids = await parent.ReadIdsUntilReady();
        Assert.Equal(4, ids.Count);
        Assert.All(ids, id => Assert.True(ProcessIds.IsRunning(id), $"[{id}] does not run."));

        using var kill = Process.Start("kill", [signal, $"{parent.Id}"]);
        await parent.Exited.Within("the end of the parent");

        await ids.EndInTime();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_end_when_their_parent_returns_or_crashes(bool crashes)
    {
        await using var parent = ChildProcess.Start(
            ChildHandlers.For(crashes ? ChildHandlers.BeParentThatCrashes : ChildHandlers.BeParentThatReturns));
        var ids = new List<int>();
        await foreach (var line in parent.Lines.ReadAllAsync())
            ids.Add(int.Parse(line.Text, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(2, ids.Count);
        Assert.Equal(crashes ? 139 : 0, (await parent.Exited.Within("the end of the parent")).ExitCode);
        await ids.EndInTime();
    }

    [Fact]
    public async Task A_worker_that_ignores_everything_ends_when_it_is_disposed()
    {
        var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.SpinWithProcess));
        var ids = await child.ReadIdsUntilReady();

        var watch = Stopwatch.StartNew();
        await child.DisposeAsync().AsTask().Within("the end of the child");

        Assert.True(watch.Elapsed < ProcessIds.EndLimit, $"The end has taken [{watch.Elapsed}].");
        Assert.True((await child.Exited).WasKilled);
        await ids.EndInTime();
    }

    [Fact]
    public async Task A_worker_that_is_killed_takes_its_processes_along()
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.SpinWithProcess));
        var ids = await child.ReadIdsUntilReady();

        child.Kill();

        var exit = await child.Exited.Within("the end of the child");
        Assert.Equal(137, exit.ExitCode);
        Assert.Contains("its pool has ended it", exit.Describe(), StringComparison.Ordinal);
        await ids.EndInTime();
    }

    [Fact]
    public async Task A_worker_that_crashes_takes_its_processes_along()
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.CrashWithProcess));
        var id = int.Parse(await child.ReadLine(), System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(139, (await child.Exited.Within("the end of the child")).ExitCode);

        await new[] { id }.EndInTime();
    }

    [Fact]
    public async Task A_process_that_has_left_the_group_ends_with_its_worker()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.LeaveDaemon));
        var id = int.Parse(await child.ReadLine(), System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(0, (await child.Exited.Within("the end of the child")).ExitCode);

        await new[] { id }.EndInTime();
    }

    [Theory]
    [InlineData("-KILL")]
    [InlineData("-TERM")]
    public async Task A_process_that_has_left_the_group_and_its_parent_ends_with_the_program(string signal)
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var parent = ChildProcess.Start(ChildHandlers.For(ChildHandlers.BeParentOfDaemon));
        var ids = await parent.ReadIdsUntilReady();
        Assert.Equal(2, ids.Count);
        Assert.All(ids, id => Assert.True(ProcessIds.IsRunning(id), $"[{id}] does not run."));

        using var kill = Process.Start("kill", [signal, $"{parent.Id}"]);
        await parent.Exited.Within("the end of the parent");

        await ids.EndInTime();
    }

    [Fact]
    public async Task A_process_that_does_not_tell_whose_it_is_stays_and_does_not_delay_the_news_of_the_end()
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.LeaveOwnDaemon));
        var id = int.Parse(await child.ReadLine(), System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(0, (await child.Exited.Within("the end of the child")).ExitCode);

        using var daemon = Process.GetProcessById(id);
        daemon.Kill();
        await new[] { id }.EndInTime();
    }

    [Fact]
    public async Task A_process_that_stays_and_writes_without_pause_delays_nothing_though_nobody_reads()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Lines are kept, and not dropped: the reading of the output waits for a reader that never comes.
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.LeaveChattyDaemon) with { KeepsLines = true });
        var id = int.Parse(await child.ReadLine(), System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(0, (await child.Exited.Within("the end of the child")).ExitCode);

        await new[] { id }.EndInTime();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_directory_is_left_of_a_program_that_is_killed_or_fails(bool fails)
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var program = ChildProcess.Start(
            ChildHandlers.For(fails ? ChildHandlers.BeProgramWithPoolThatFails : ChildHandlers.BeProgramWithPool));
        var folder = await program.ReadLine();
        try
        {
            Assert.Equal(ChildHandlers.ReadyLine, await program.ReadLine());
            if (!fails)
            {
                Assert.Single(Directory.EnumerateDirectories(folder, "actorpool-*"));
                using var kill = Process.Start("kill", ["-KILL", $"{program.Id}"]);
            }
            await program.Exited.Within("the end of the program");

            await Deadline.Until(() => !Directory.EnumerateDirectories(folder, "actorpool-*").Any(), "the directory goes");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
