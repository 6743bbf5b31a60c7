using ActorPool.Coordination;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Coordination;

public sealed class LagWatchTests
{
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(100);

    private readonly LagWatch _watch = new();
    private readonly ManualClock _clock = new();
    private long _chunks;

    [Fact]
    public void Two_late_probes_in_a_row_are_reported_with_the_delay_and_the_rate()
    {
        Probe(TimeSpan.Zero);

        Assert.Null(Probe(s_late));
        Assert.Equal(new Lag(s_late, 20_000), Probe(s_late));
    }

    [Fact]
    public void A_probe_in_time_starts_the_count_again()
    {
        Probe(TimeSpan.Zero);

        Assert.Null(Probe(s_late));
        Assert.Null(Probe(TimeSpan.Zero));
        Assert.Null(Probe(s_late));
        Assert.NotNull(Probe(s_late));
    }

    [Fact]
    public void There_is_at_most_one_report_a_minute()
    {
        Probe(TimeSpan.Zero);
        Probe(s_late);
        Assert.NotNull(Probe(s_late));

        var reports = Enumerable.Range(0, 121).Count(_ => Probe(s_late) is not null);

        Assert.Equal(2, reports);
    }

    [Theory]
    [InlineData(100, 3_900, true)] // 2,000 of the chunks in flight wait for the coordinator
    [InlineData(100, 4_100, false)] // most are with the workers
    [InlineData(1_000, 60_000, false)] // the processors are overloaded, and each chunk takes long
    [InlineData(4, 100, false)] // it may be the system's scheduler
    [InlineData(6, 100, true)]
    [InlineData(100, 0, false)]
    public void Workers_wait_when_half_of_the_chunks_in_flight_are_in_the_mailbox(int milliseconds, int inFlight, bool isLate)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        Probe(TimeSpan.Zero, inFlight);
        Probe(delay, inFlight);

        Assert.Equal(isLate, Probe(delay, inFlight) is not null);
    }

    [Fact]
    public void A_pause_without_jobs_is_not_reported()
    {
        Probe(TimeSpan.Zero);
        Probe(s_late);
        _clock.Now += TimeSpan.FromHours(1);

        Assert.Null(Probe(s_late));
    }

    /// <summary>A second passes, in which 20,000 chunks are handed out.</summary>
    private Lag? Probe(TimeSpan delay, int inFlight = 2_000)
    {
        _clock.Now += LagWatch.Interval;
        _chunks += 20_000;
        return _watch.Observe(delay, inFlight, _chunks, _clock);
    }
}
