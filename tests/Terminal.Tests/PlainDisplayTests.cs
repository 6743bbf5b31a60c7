using ActorPool.Terminal.Tests.Support;

namespace ActorPool.Terminal.Tests;

public sealed class PlainDisplayTests : IDisposable
{
    private readonly FakeTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly ProgressBoard _board;

    public PlainDisplayTests() => _board = new ProgressBoard(new PlainDisplay(() => _output, _time), _time);

    public void Dispose() => _output.Dispose();

    [Fact]
    public void A_job_writes_a_line_each_half_minute_and_one_at_its_end()
    {
        var bar = new JobBar(_board, name: null, keep: true);
        bar.Report(At(0, JobState.Running));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("", _output.ToString());
        bar.Report(At(5, JobState.Running));
        _time.Advance(TimeSpan.FromSeconds(40));
        bar.Report(At(10, JobState.Succeeded));
        Assert.Matches("^job  #+-+  50%  5 of 10  [^\n]+\n", _output.ToString());
        Assert.Equal(3, Lines.Length);
        Assert.Equal("job: 10 of 10 done in 1.0 s", Lines[^1]);
        Assert.Equal(0, _time.Timers);
    }

    [Fact]
    public void A_job_shorter_than_half_a_minute_writes_its_last_line_also_beside_a_long_one()
    {
        var bar = new JobBar(_board, name: null, keep: true);
        bar.Report(At(0, JobState.Running) with { Name = "long" });
        _time.Advance(TimeSpan.FromSeconds(25));
        bar.Report(At(0, JobState.Running) with { Name = "short" });
        _time.Advance(TimeSpan.FromSeconds(10));
        bar.Report(At(10, JobState.Failed) with { Name = "short" });
        Assert.Equal(["long", "short:"], Lines.Select(line => line.Split(' ')[0]), StringComparer.Ordinal);
    }

    [Fact]
    public void A_bar_that_is_not_kept_writes_nothing()
    {
        var bar = new JobBar(_board, "name", keep: false);
        bar.Report(At(0, JobState.Running));
        _time.Advance(TimeSpan.FromSeconds(70));
        bar.Report(At(10, JobState.Succeeded));
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public void Jobs_that_run_when_the_process_exits_get_their_last_line()
    {
        new JobBar(_board, "name", keep: true).Report(At(3, JobState.Running));
        _board.EndAll();
        Assert.Equal(["name: not ended after 1.0 s, 3 of 10 done"], Lines);
        Assert.Equal(0, _time.Timers);
    }

    [Fact]
    public void More_jobs_than_lines_are_counted()
    {
        var bar = new JobBar(_board, name: null, keep: true);
        for (var i = 0; i < 11; i++)
            bar.Report(At(0, JobState.Running) with { Name = $"job-{i}" });
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(9, Lines.Length);
        Assert.Equal("and 3 more", Lines[^1]);
    }

    private string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static JobProgress At(long done, JobState state) =>
        new(done, 0, 0, 10, TimeSpan.FromSeconds(1)) { Name = "job", State = state, Workers = 1 };
}
