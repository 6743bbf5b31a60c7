using System.Text.RegularExpressions;
using ActorPool.Node.Tests;
using ActorPool.Terminal.Tests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.Terminal.Tests;

/// <summary>A real program on a real pseudo-terminal.</summary>
[Collection(ManyProcesses.Name)]
public sealed partial class ProgramTests
{
    [Fact]
    public async Task What_a_program_prints_stands_whole_above_the_bar_and_a_last_line_stays()
    {
        using var session = TerminalSession.OnTerminal();
        session.Command("print before", "start resize 10");
        await session.UntilAsync("0 of 10");
        session.Command("finish resize 4", "print first", "error second", "partial a piece, ", "print and its end");
        await session.UntilAsync("and its end");
        var during = await session.UntilAsync("4 of 10");
        Assert.Equal(["before", "first", "second", "a piece, and its end"], during.Rows.SkipLast(1), StringComparer.Ordinal);
        Assert.Matches("^resize  ━{8,}─{12,}  40%  4 of 10  [0-9.]+/(s|min)  [0-9.]+ s left  200 workers$", during.Rows[^1]);

        session.Command("finish resize 6", "await resize", "print after", "exit 0");
        Assert.Equal(0, await session.EndAsync());
        var rows = session.Show().Rows;
        Assert.Equal(["before", "first", "second", "a piece, and its end"], rows.Take(4), StringComparer.Ordinal);
        Assert.Matches("^resize: 10 of 10 done in [0-9.]+ s$", rows[4]);
        Assert.Equal(["resize ended: results", "after"], rows.Skip(5), StringComparer.Ordinal);
        Assert.True(session.Show().IsAtStart);
    }

    [Fact]
    public async Task Redirected_standard_output_is_clean_and_the_bar_is_on_the_terminal()
    {
        var file = Path.GetTempFileName();
        try
        {
            using var session = TerminalSession.OnTerminal(width: 40, redirect: $"> {file}");
            session.Command("start resize 10", "print to the file", "finish resize 4");
            var bar = await session.UntilAsync("4 of 10", width: 40);
            Assert.All(bar.Rows, row => Assert.True(row.Length < 40, row));
            session.Command("finish resize 6", "await resize", "exit 0");
            Assert.Equal(0, await session.EndAsync());
            Assert.Matches("^resize: 10 of 10 done in [0-9.]+ s$", Assert.Single(session.Show(40).Rows));
            Assert.Equal("to the file\nresize ended: results\n", await File.ReadAllTextAsync(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Without_a_terminal_there_are_no_control_characters_and_one_line()
    {
        using var session = TerminalSession.OnPipes();
        session.Command("start resize 10", "print text", "finish resize 10", "await resize", "exit 0");
        Assert.Equal(0, await session.EndAsync());
        Assert.Equal("text\nresize ended: results\n", session.Output);
        Assert.Matches("^resize: 10 of 10 done in [0-9.]+ s\n$", session.Error);
    }

    [Fact]
    public async Task A_dumb_terminal_gets_one_line_without_control_characters()
    {
        using var session = TerminalSession.OnTerminal(variables: "TERM=dumb");
        session.Command("start resize 10", "print text", "finish resize 10", "await resize", "exit 0");
        Assert.Equal(0, await session.EndAsync());
        Assert.Matches("^text\r\nresize: 10 of 10 done in [0-9.]+ s\r\nresize ended: results\r\n$", session.Output);
    }

    [Fact]
    public async Task NO_COLOR_turns_colours_off()
    {
        using var session = TerminalSession.OnTerminal(variables: "NO_COLOR=1");
        session.Command("start resize 10", "finish resize 4");
        await session.UntilAsync("4 of 10");
        session.Command("fail resize", "await resize", "exit 0");
        Assert.Equal(0, await session.EndAsync());
        Assert.DoesNotMatch(@"\e\[[1-9][0-9;]*m", session.Output);
    }

    [Fact]
    public async Task A_failing_job_says_so_before_its_call_throws()
    {
        using var session = TerminalSession.OnTerminal();
        session.Command("start resize 10", "finish resize 4");
        await session.UntilAsync("4 of 10");
        session.Command("fail resize", "await resize", "exit 3");
        Assert.Equal(3, await session.EndAsync());
        Assert.Matches(
            "^resize: failed after [0-9.]+ s, 5 of 10 done, 1 failed\nresize ended: WorkItemException$",
            string.Join('\n', session.Show().Rows));
        Assert.Contains("\e[31mfailed\e[0m", session.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_job_and_one_of_a_terminated_pool_end_their_bars()
    {
        using var session = TerminalSession.OnTerminal();
        session.Command("start one 10", "start two 10");
        await session.UntilAsync("two");
        session.Command("cancel one", "await one", "terminate", "await two", "exit 0");
        Assert.Equal(0, await session.EndAsync());
        var rows = session.Show().Rows;
        var one = Assert.Single(rows, row => row.StartsWith("one: ", StringComparison.Ordinal));
        Assert.Matches("^one: cancelled after [0-9.]+ s, 0 of 10 done$", one);
        var two = Assert.Single(rows, row => row.StartsWith("two: ", StringComparison.Ordinal));
        Assert.Matches("^two: failed after [0-9.]+ s, 0 of 10 done$", two);
        Assert.DoesNotContain(rows, row => row.Contains('─', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Jobs_at_once_have_a_line_each_up_to_a_limit()
    {
        using var session = TerminalSession.OnTerminal();
        session.Command([.. Enumerable.Range(1, 11).Select(i => $"start job{i} 10")]);
        var full = await session.UntilAsync("and 3 more");
        Assert.Equal(9, full.Rows.Count);
        session.Command("print text", "finish job1 10", "await job1");
        var fewer = await session.UntilAsync("job1 ended: results");
        Assert.Equal("text", fewer.Rows[0]);
        Assert.Matches("^job1: 10 of 10 done in", fewer.Rows[1]);
        Assert.Equal("job1 ended: results", fewer.Rows[2]);
        Assert.Equal("and 2 more", fewer.Rows[^1]);
        Assert.Equal(12, fewer.Rows.Count);
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_cursor_below_the_bar()
    {
        using var session = TerminalSession.OnTerminal();
        session.Command("print text", "start resize 10", "finish resize 4");
        await session.UntilAsync("4 of 10");
        session.PressControlC();
        Assert.Equal(130, await session.EndAsync());
        var terminal = session.Show();
        Assert.Equal("text", terminal.Rows[0]);
        Assert.StartsWith("resize  ━", terminal.Rows[1], StringComparison.Ordinal);
        Assert.True(terminal.IsAtStart);
        Assert.DoesNotContain("\e[?25l", session.Output, StringComparison.Ordinal); // it was never hidden
    }

    [Fact]
    public async Task A_program_that_exits_while_a_job_runs_ends_the_bar()
    {
        using var session = TerminalSession.OnPipes();
        session.Command("start endless ?", "finish endless 5", "exit 0");
        await session.EndAsync();
        Assert.Matches("^endless: (failed|not ended|cancelled) after [0-9.]+ s, [0-9] done\n$", session.Error);
    }

    [Fact]
    public async Task An_unknown_total_has_no_bar()
    {
        using var session = TerminalSession.OnTerminal();
        session.Command("start endless ?", "finish endless 5");
        var terminal = await session.UntilAsync("5 done");
        Assert.Matches(@"^endless  5 done  [0-9.]+/(s|min)  200 workers$", terminal.Rows[0]);
    }

    [Fact]
    public async Task A_terminal_that_becomes_narrower_keeps_no_rests_of_wider_lines()
    {
        using var session = TerminalSession.OnTerminal(width: 80);
        session.Command("print text", "start 漢字の名前😀 10", "start second 10");
        var before = await session.UntilAsync("second  ─");
        session.Command("finish second 2", "resize 30");
        // The terminal wraps what it shows: the test changes the width of its own one where the program first draws anew.
        await session.UntilAsync(
            _ => Narrowed(session.Output, 80, 30)?.Rows.Any(row => row.Contains("2 of 10", StringComparison.Ordinal)) == true,
            phase: "the narrow lines");
        var after = Narrowed(session.Output, 80, 30)!;
        Assert.Equal(3, before.Rows.Count);
        Assert.Equal(3, after.Rows.Count);
        Assert.Equal("text", after.Rows[0]);
        Assert.Single(after.Rows, row => row.Contains("漢字", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bar_that_is_not_kept_vanishes()
    {
        using var session = TerminalSession.OnTerminal();
        session.Command("print text", "start resize 10 drop");
        await session.UntilAsync("0 of 10");
        session.Command("finish resize 10", "await resize", "exit 0");
        Assert.Equal(0, await session.EndAsync());
        Assert.Equal(["text", "resize ended: results"], session.Show().Rows);
    }

    /// <summary>Shows output that was written for two widths; null before the second one.</summary>
    /// <remarks>Lines that were wider take more rows now, so the first draw after the change moves up more than one row.</remarks>
    private static VirtualTerminal? Narrowed(string output, int wide, int narrow)
    {
        var change = FirstNarrowMove().Match(output);
        if (!change.Success)
            return null;
        var terminal = new VirtualTerminal(wide);
        terminal.Write(output[..change.Index]);
        terminal.Width = narrow;
        terminal.Write(output[change.Index..(output.LastIndexOf("\e[K", StringComparison.Ordinal) + 3)]);
        return terminal;
    }

    [GeneratedRegex(@"\r\e\[[2-9]A", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FirstNarrowMove();
}
