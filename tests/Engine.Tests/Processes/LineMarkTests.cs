using ActorPool.Processes;

namespace ActorPool.Tests.Processes;

public sealed class LineMarkTests
{
    [Theory]
    [InlineData("job-1", 17, "text")]
    [InlineData("a job, of [mine]", 0, "")]
    [InlineData("job", long.MaxValue, "\u001e1\u001fa\u001e: not a mark here")]
    public void A_mark_is_taken_from_its_line(string job, long index, string text)
    {
        var item = new RunningItem(job, index);
        Assert.Equal((item, text), LineMark.Take($"{LineMark.Format(item)}{text}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("\u001e")]
    [InlineData("\u001e1\u001ftext")]
    [InlineData("\u001e\u001fjob\u001etext")]
    [InlineData("\u001e-1\u001fjob\u001etext")]
    [InlineData("\u001ex\u001fjob\u001etext")]
    [InlineData("\u001e\u001etext\u001f")]
    public void A_line_without_a_mark_is_kept(string line) => Assert.Equal((null, line), LineMark.Take(line));

    [Fact]
    public void A_name_with_control_characters_stays_on_its_line()
    {
        var (item, text) = LineMark.Take($"{LineMark.Format(new RunningItem("a\nb\u001ec" + new string('x', 1000), 3))}text");
        Assert.Equal("text", text);
        Assert.StartsWith("a?b?cxxx", item!.Job, StringComparison.Ordinal);
        Assert.Equal(200, item.Job.Length);
    }
}
