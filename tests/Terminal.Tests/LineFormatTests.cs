namespace ActorPool.Terminal.Tests;

public sealed class LineFormatTests
{
    private static readonly LineStyle s_style = new(IsUnicode: true, HasColors: false);

    [Theory]
    [InlineData(100, "resize  ━━━━━━━━━━━━━━━───────────────  50%  500 of 1,000  25/s  20 s left  2 failed  4 workers")]
    [InlineData(72, "resize  ━━━────  50%  500 of 1,000  25/s  20 s left  2 failed  4 workers")]
    [InlineData(40, "resize  50%  500 of 1,000  2 failed")]
    [InlineData(19, "resi…  500 of 1,000")]
    [InlineData(10, "500 of 1,…")]
    public void The_width_decides_what_is_shown(int width, string expected)
    {
        var progress = new JobProgress(500, 2, 0, 1000, TimeSpan.FromSeconds(20)) { Workers = 4 };
        var line = LineFormat.Format(new JobView("resize", progress, 25, TimeSpan.FromSeconds(20)), s_style, width);
        Assert.Equal(expected, line.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a name that is longer than what a terminal has room for, by far, whatever its width is")]
    [InlineData("漢字の長い名前は端末の幅より広いことがある")]
    [InlineData("👨‍👩‍👧😀 é 👨‍👩‍👧😀 é 👨‍👩‍👧😀 é 👨‍👩‍👧😀 é")]
    public void No_line_is_wider_than_it_may_be_and_its_columns_are_counted(string name)
    {
        for (var width = 1; width <= 200; width++)
        {
            foreach (var total in new long?[] { null, 0, 12_345_678 })
            {
                foreach (var workers in new[] { 0, 1, 1000 })
                {
                    var progress = new JobProgress(total ?? 5, 3, 0, total, TimeSpan.FromDays(3)) { Workers = workers };
                    var line = LineFormat.Format(new JobView(name, progress, 0.01, TimeSpan.FromHours(5)), s_style, width);
                    Assert.Equal(Cells.Count(line.Text), line.Cells);
                    Assert.InRange(line.Cells, 0, width);
                }
            }
        }
    }

    [Fact]
    public void A_job_without_workers_waits_and_has_no_remaining_time()
    {
        var progress = new JobProgress(0, 0, 0, 10, TimeSpan.FromSeconds(1));
        var line = LineFormat.Format(new JobView("resize", progress, 0, TimeSpan.FromSeconds(9)), LineStyle.Plain, 60);
        Assert.Equal("resize  -----------  0%  0 of 10  0.0/min  waits for workers", line.Text);
    }

    [Fact]
    public void Control_characters_of_a_name_become_spaces() => Assert.Equal("a b  [2Jc", Cells.Clean("a\nb\r\e[2Jc\n"));

    [Theory]
    [InlineData(JobState.Succeeded, "resize: 5 of 10 done in 1 m 05 s, 1 failed")]
    [InlineData(JobState.Failed, "resize: failed after 1 m 05 s, 5 of 10 done, 1 failed")]
    [InlineData(JobState.Cancelled, "resize: cancelled after 1 m 05 s, 5 of 10 done, 1 failed")]
    [InlineData(JobState.Running, "resize: not ended after 1 m 05 s, 5 of 10 done, 1 failed")]
    public void The_last_line_says_how_the_job_has_ended(JobState state, string expected) =>
        Assert.Equal(
            expected,
            LastLine.Format("resize", new JobProgress(5, 1, 0, 10, TimeSpan.FromSeconds(65)) { State = state }, LineStyle.Plain));
}
