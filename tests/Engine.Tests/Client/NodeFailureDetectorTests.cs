using ActorPool.Client;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Client;

/// <summary>A lease timeout of 5 s, checked twice a second.</summary>
public sealed class NodeFailureDetectorTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly NodeFailureDetector _detector;
    private TimeSpan _dataHeard;

    public NodeFailureDetectorTests()
    {
        _detector = new NodeFailureDetector(s_interval, s_timeout, _clock);
        _detector.RecordControl();
        _detector.Connect();
        _dataHeard = _clock.Now;
    }

    [Fact]
    public void Silence_on_both_planes_is_a_failure_after_the_timeout()
    {
        Assert.Equal(
            (11, "It has not answered for [00:00:05] (actorpool.cluster.lease-timeout)."),
            CountTicksUntilFailure(hearsControl: false, hearsData: false));
    }

    [Fact]
    public void The_timeout_is_halved_when_other_nodes_cannot_reach_the_node_either()
    {
        _detector.IsSuspect = true;
        var (ticks, reason) = CountTicksUntilFailure(hearsControl: false, hearsData: false);
        Assert.Equal(6, ticks);
        Assert.Contains("halved", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, "Its data plane has been silent for [00:00:15]")]
    [InlineData(false, true, "Its control plane has been silent for [00:00:15]")]
    public void Silence_on_only_one_plane_is_a_failure_after_three_times_as_long(bool hearsControl, bool hearsData, string expected)
    {
        var (ticks, reason) = CountTicksUntilFailure(hearsControl, hearsData);
        Assert.Equal(31, ticks);
        Assert.StartsWith(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_answers_on_both_planes_does_not_fail() =>
        Assert.Null(CountTicksUntilFailure(hearsControl: true, hearsData: true).Reason);

    [Fact]
    public void Before_there_is_a_data_connection_only_the_control_plane_counts()
    {
        var detector = new NodeFailureDetector(s_interval, s_timeout, _clock);
        detector.RecordControl();
        for (var tick = 1; tick <= 10; tick++)
        {
            _clock.Now += s_interval;
            Assert.Null(detector.GetFailure(dataSilence: null));
        }
        _clock.Now += s_interval;
        Assert.NotNull(detector.GetFailure(dataSilence: null));
    }

    [Fact]
    public void A_pause_of_the_pool_is_not_counted_as_silence_of_its_nodes()
    {
        _clock.Now += TimeSpan.FromMinutes(10);
        Assert.Null(_detector.GetFailure(_clock.Now - _dataHeard));

        // What the node has sent in the meantime is read now. If it has sent nothing, it fails after the rest of the timeout.
        Assert.Equal(9, CountTicksUntilFailure(hearsControl: false, hearsData: false).Ticks);
    }

    [Fact]
    public void A_pool_that_always_checks_late_still_finds_the_failure()
    {
        var ticks = 0;
        do
        {
            _clock.Now += 10 * s_interval;
            ticks++;
        }
        while (_detector.GetFailure(_clock.Now - _dataHeard) is null && ticks < 100);
        Assert.Equal(7, ticks);
    }

    private (int Ticks, string? Reason) CountTicksUntilFailure(bool hearsControl, bool hearsData)
    {
        for (var tick = 1; tick <= 100; tick++)
        {
            _clock.Now += s_interval;
            if (hearsControl)
                _detector.RecordControl();
            if (hearsData)
                _dataHeard = _clock.Now;
            if (_detector.GetFailure(_clock.Now - _dataHeard) is { } reason)
                return (tick, reason);
        }
        return (100, null);
    }
}
