using ActorPool.Client;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Client;

public sealed class PulseWatchTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly PulseWatch _watch;
    private long _pulse;
    private TimeSpan _used;

    public PulseWatchTests() => _watch = new PulseWatch(s_interval, s_limit, _clock);

    [Fact]
    public void A_process_that_beats_is_never_given_up()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _pulse++;
            Assert.Null(Look());
        }
    }

    [Fact]
    public void One_that_is_stopped_is_given_up_after_the_limit()
    {
        Assert.Equal(11, CountLooksUntilGivenUp());
    }

    [Fact]
    public void One_that_uses_processors_has_twelve_times_as_long()
    {
        Assert.Equal(121, CountLooksUntilGivenUp(() => _used += TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public void A_pause_of_this_process_counts_as_one_interval_and_a_half()
    {
        for (var i = 0; i < 6; i++)
        {
            _clock.Now += TimeSpan.FromMinutes(1);
            Assert.Null(_watch.Look(_pulse, isDebugged: false, () => _used));
        }
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.NotNull(_watch.Look(_pulse, isDebugged: false, () => _used));
    }

    [Fact]
    public void One_that_a_debugger_holds_is_not_given_up()
    {
        for (var i = 0; i < 100; i++)
        {
            _clock.Now += s_interval;
            Assert.Null(_watch.Look(_pulse, isDebugged: true, () => _used));
        }
    }

    [Fact]
    public void The_time_before_a_restart_does_not_count()
    {
        for (var i = 0; i < 9; i++)
            Assert.Null(Look());
        _watch.Restart();
        Assert.Equal(11, CountLooksUntilGivenUp());
    }

    private int CountLooksUntilGivenUp(Action? before = null)
    {
        for (var looks = 1; looks < 1_000; looks++)
        {
            before?.Invoke();
            if (Look() is not null)
                return looks;
        }
        return 0;
    }

    private TimeSpan? Look()
    {
        _clock.Now += s_interval;
        return _watch.Look(_pulse, isDebugged: false, () => _used);
    }
}
