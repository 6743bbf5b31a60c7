using System.Globalization;
using System.Text.RegularExpressions;
using ActorPool.Processes;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Processes;

/// <summary>What functions write in worker processes is named after its item.</summary>
/// <remarks>The program with the pool is a process itself, whose output the test reads.</remarks>
[Collection(ManyProcesses.Name)]
public sealed partial class WorkerOutputTests
{
    private static readonly IEnumerable<int> s_items = Enumerable.Range(0, 200);

    [Fact]
    public async Task Forwarded_lines_come_whole_with_worker_and_item_on_the_stream_that_they_were_written_to()
    {
        var lines = await Run(ChildHandlers.ForwardOutput);

        var parts = lines.Select(line => (line.IsError, Match: ForwardedLine().Match(line.Text))).ToList();
        Assert.All(parts, part => Assert.True(part.Match.Success));
        var found = parts.ConvertAll(part =>
            (part.IsError, Item: Get(part.Match, "item"), Job: Get(part.Match, "job"), Text: Get(part.Match, "text")));
        var numbers = found.Where(line => line.Job is "numbers").ToHashSet();
        Assert.Equal(600, numbers.Count);
        foreach (var item in s_items.Select(x => x.ToString(CultureInfo.InvariantCulture)))
        {
            Assert.Contains((false, item, "numbers", $"out {item}"), numbers);
            Assert.Contains((true, item, "numbers", $"error {item}"), numbers);
            Assert.Contains((true, item, "numbers", $"second {item}"), numbers);
        }
        Assert.Equal(Enumerable.Repeat((false, "5", "raw", "raw"), 3), found.Where(line => line.Job is "raw"));
    }

    [Fact]
    public async Task Logged_lines_have_worker_and_item()
    {
        var lines = (await Run(ChildHandlers.LogOutput)).ConvertAll(line => line.Text);

        foreach (var item in s_items)
        {
            Assert.Contains(lines, line => Is(line, "INFO", $", item {item} of [numbers] wrote: out {item}"));
            Assert.Contains(lines, line => Is(line, "WARNING", $", item {item} of [numbers] wrote: error {item}"));
        }
        Assert.Equal(3, lines.Count(line => Is(line, "INFO", ", item 5 of [raw] wrote: raw")));

        static bool Is(string line, string level, string end) =>
            line.Contains(level, StringComparison.Ordinal) && line.EndsWith(end, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_forwarded_line_is_lost_however_fast_a_function_writes()
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(ChildHandlers.ForwardMuch) with { KeepsLines = true });

        var lines = await child.Lines.ReadAllAsync().ReadAll("the lines of the program");

        Assert.Equal(
            Enumerable.Range(0, 20_000),
            lines.Select(line => int.Parse(line.Text.AsSpan(line.Text.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture)));
    }

    private static async Task<List<ChildLine>> Run(Func<ChildStart, Task<int>> program)
    {
        await using var child = ChildProcess.Start(ChildHandlers.For(program));
        var lines = await child.Lines.ReadAllAsync().ReadAll("the lines of the program");
        var exit = await child.Exited.Within("the end of the program");
        Assert.True(exit.ExitCode == 0, $"{exit.Describe()} {string.Join('\n', exit.ErrorLines)}");
        return lines;
    }

    private static string Get(Match match, string group) => match.Groups[group].Value;

    // Warnings of the pool are on standard error, too: of the process that ended.
    [GeneratedRegex(
        @"^(worker-[0-9]+, item (?<item>[0-9]+) of \[(?<job>[a-z]+)\]: (?<text>.*)|\[WARNING\].*)$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ForwardedLine();
}
