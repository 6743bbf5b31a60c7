using ActorPool.Processes;

namespace ActorPool.Tests.Processes;

public sealed class ErrorTailTests
{
    [Fact]
    public void It_keeps_the_last_lines()
    {
        var tail = new ErrorTail();
        for (var i = 0; i < 50; i++)
            tail.Add($"{i}");

        Assert.Equal(Enumerable.Range(30, 20).Select(i => $"{i}"), tail.GetLines(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(19)]
    [InlineData(22)]
    [InlineData(5000)]
    public void It_keeps_the_head_of_a_crash_report_however_long_that_is(int frames)
    {
        var tail = new ErrorTail();
        tail.Add("Unhandled exception. An older one that a function printed");
        for (var i = 0; i < 30; i++)
            tail.Add($"before {i}");
        tail.Add("Stack overflow.");
        for (var i = 0; i < frames; i++)
            tail.Add($"   at {i}");

        var lines = tail.GetLines();

        Assert.Equal(20, lines.Length);
        Assert.Equal(lines.Length, lines.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains("Stack overflow.", lines, StringComparer.Ordinal);
        Assert.Equal(frames == 0 ? "Stack overflow." : $"   at {frames - 1}", lines[^1]);
        Assert.DoesNotContain(lines, line => line.Contains("older", StringComparison.Ordinal));
    }
}
