using ActorPool.Node.Demo;

namespace ActorPool.Node.Tests.Demo;

public sealed class ProgressDisplayTests
{
    [Fact]
    public void Rate_and_remaining_time_are_shown() =>
        Assert.Equal("1,000 rows/s, 3.0 s left", ProgressDisplay.Describe(new JobProgress(1000, 0, 0, 4000, TimeSpan.FromSeconds(1))));

    [Fact]
    public void Before_the_first_row_there_is_no_remaining_time() =>
        Assert.Equal("0 rows/s", ProgressDisplay.Describe(new JobProgress(0, 0, 0, 4000, TimeSpan.Zero)));

    [Fact]
    public async Task Nothing_is_shown_or_measured_where_the_output_is_redirected()
    {
        using var text = new StringWriter();

        var run = await new ProgressDisplay(Terminal.Create(text, redirected: true)).ShowAsync(
            bar => Task.FromResult(bar.Begin("sums", 10)));

        Assert.Null(run);
        Assert.Equal("", text.ToString());
    }
}
