using ActorPool.Cluster;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>Leases of 5 s, looked at twice a second.</summary>
public sealed class NodeLeaseTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly NodeLease _lease;
    private TimeSpan _dataHeard;

    public NodeLeaseTests()
    {
        _lease = new NodeLease(s_interval, s_timeout, _clock);
        _lease.Hear();
        _lease.Connect();
        _dataHeard = _clock.Now;
    }

    [Fact]
    public void Silence_on_both_planes_ends_it_after_the_timeout()
    {
        Assert.Equal((11, "It has not answered for [00:00:05] (actorpool.cluster.lease-timeout)."), TicksUntilExpired(hearsControl: false, hearsData: false));
    }

    [Fact]
    public void It_is_half_as_long_when_other_nodes_do_not_reach_the_node_either()
    {
        _lease.IsSuspect = true;
        var (ticks, reason) = TicksUntilExpired(hearsControl: false, hearsData: false);
        Assert.Equal(6, ticks);
        Assert.Contains("halved", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, "Its data plane has been silent for [00:00:15]")]
    [InlineData(false, true, "Its control plane has been silent for [00:00:15]")]
    public void One_plane_alone_is_believed_three_times_as_long(bool hearsControl, bool hearsData, string expected)
    {
        var (ticks, reason) = TicksUntilExpired(hearsControl, hearsData);
        Assert.Equal(31, ticks);
        Assert.StartsWith(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_is_heard_is_believed_for_ever() =>
        Assert.Null(TicksUntilExpired(hearsControl: true, hearsData: true).Reason);

    [Fact]
    public void Before_there_is_a_data_connection_the_control_plane_alone_counts()
    {
        var lease = new NodeLease(s_interval, s_timeout, _clock);
        lease.Hear();
        for (var tick = 1; tick <= 10; tick++)
        {
            _clock.Now += s_interval;
            Assert.Null(lease.WhyExpired(dataSilence: null));
        }
        _clock.Now += s_interval;
        Assert.NotNull(lease.WhyExpired(dataSilence: null));
    }

    [Fact]
    public void A_pause_of_the_pools_own_is_no_silence_of_its_nodes()
    {
        _clock.Now += TimeSpan.FromMinutes(10);
        Assert.Null(_lease.WhyExpired(_clock.Now - _dataHeard));

        // What has been said in the meantime is read now; who has said nothing is lost in the time that remains.
        Assert.Equal(9, TicksUntilExpired(hearsControl: false, hearsData: false).Ticks);
    }

    [Fact]
    public void A_pool_that_is_always_late_still_finds_out()
    {
        var ticks = 0;
        do
        {
            _clock.Now += 10 * s_interval;
            ticks++;
        }
        while (_lease.WhyExpired(_clock.Now - _dataHeard) is null && ticks < 100);
        Assert.Equal(7, ticks);
    }

    private (int Ticks, string? Reason) TicksUntilExpired(bool hearsControl, bool hearsData)
    {
        for (var tick = 1; tick <= 100; tick++)
        {
            _clock.Now += s_interval;
            if (hearsControl)
                _lease.Hear();
            if (hearsData)
                _dataHeard = _clock.Now;
            if (_lease.WhyExpired(_clock.Now - _dataHeard) is { } reason)
                return (tick, reason);
        }
        return (100, null);
    }
}
