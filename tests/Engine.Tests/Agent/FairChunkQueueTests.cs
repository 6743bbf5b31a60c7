using ActorPool.Agent;
using ActorPool.Tests.Support;
using ActorPool.Wire;

namespace ActorPool.Tests.Agent;

public sealed class FairChunkQueueTests
{
    private readonly FairChunkQueue<string, int> _queue = new(workers: 2);

    [Fact]
    public void At_most_as_many_chunks_run_as_there_are_workers()
    {
        Add("a", 3);

        Assert.Equal(["a0", "a1"], StartAll());
        Assert.Equal(2, _queue.Running);

        _queue.End("a");

        Assert.Equal(["a2"], StartAll());
    }

    [Fact]
    public void With_fewer_workers_running_chunks_go_on_and_with_more_waiting_ones_start()
    {
        Add("a", 5);
        Assert.Equal(["a0", "a1"], StartAll());

        _queue.Workers = 1;
        _queue.End("a");
        Assert.Empty(StartAll());
        _queue.End("a");
        Assert.Equal(["a2"], StartAll());

        _queue.Workers = 3;
        Assert.Equal(["a3", "a4"], StartAll());
    }

    [Fact]
    public void A_long_queue_does_not_hold_up_a_short_one()
    {
        Add("a", 100);
        Assert.Equal(["a0", "a1"], StartAll());
        Add("b", 2);

        _queue.End("a");
        Assert.Equal(["b0"], StartAll());
        _queue.End("b");
        Assert.Equal(["b1"], StartAll()); // a has one running chunk, b none
    }

    [Fact]
    public void Sessions_with_equally_many_running_chunks_take_turns()
    {
        Add("a", 4);
        Add("b", 4);
        var started = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            started.AddRange(StartAll());
            _queue.End("a");
            _queue.End("b");
        }

        Assert.Equal(["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"], started);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Running_chunks_of_a_removed_session_count_until_they_end()
    {
        Add("a", 3);
        StartAll();

        _queue.Remove("a");

        Add("b", 1);
        Assert.Empty(StartAll());
        _queue.End("a");
        Assert.Equal(["b0"], StartAll());
        _queue.End("a");
        _queue.End("b");
        Assert.Equal(0, _queue.Running);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Waiting_behind_chunks_of_its_own_takes_nothing_from_a_session()
    {
        var clock = new ManualClock();
        var queue = new FairChunkQueue<string, int>(workers: 2, clock);
        for (var i = 0; i < 4; i++)
            queue.Add("a", i);
        Assert.True(queue.TryStart(out _, out _));
        Assert.True(queue.TryStart(out _, out _));

        clock.Now += TimeSpan.FromSeconds(3);
        queue.End("a");

        Assert.True(queue.TryStart(out _, out _, out var wait));
        Assert.Equal(new DataProtocol.QueueTimes(TimeSpan.FromSeconds(3), TimeSpan.Zero), wait);
    }

    [Fact]
    public void What_others_had_of_the_workers_meanwhile_is_measured()
    {
        var clock = new ManualClock();
        var queue = new FairChunkQueue<string, int>(workers: 2, clock);
        queue.Add("a", 0);
        queue.Add("a", 1);
        Assert.True(queue.TryStart(out _, out _));
        Assert.True(queue.TryStart(out _, out _)); // both workers run chunks of a
        clock.Now += TimeSpan.FromSeconds(1);
        for (var i = 0; i < 3; i++)
            queue.Add("b", i);

        clock.Now += TimeSpan.FromSeconds(2); // b could have had both
        queue.End("a");
        Assert.True(queue.TryStart(out var session, out _, out var first));
        clock.Now += TimeSpan.FromSeconds(5); // and now one more
        queue.End("a");
        Assert.True(queue.TryStart(out _, out _, out var second));
        clock.Now += TimeSpan.FromSeconds(7); // it has both
        queue.End("b");
        Assert.True(queue.TryStart(out _, out _, out var third));

        Assert.Equal("b", session, StringComparer.Ordinal);
        Assert.Equal(new DataProtocol.QueueTimes(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)), first);
        Assert.Equal(new DataProtocol.QueueTimes(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(5)), second);
        Assert.Equal(new DataProtocol.QueueTimes(TimeSpan.FromSeconds(14), TimeSpan.Zero), third);
    }

    [Fact]
    public void Waiting_chunks_can_be_taken_out()
    {
        Add("a", 4);
        StartAll();

        Assert.Equal([2, 3], _queue.TakeWaiting("a"));

        Assert.Empty(_queue.TakeWaiting("a"));
        Assert.Empty(_queue.TakeWaiting("unknown"));
        Assert.False(_queue.IsEmpty);
    }

    private void Add(string session, int chunks)
    {
        for (var i = 0; i < chunks; i++)
            _queue.Add(session, i);
    }

    private List<string> StartAll()
    {
        var started = new List<string>();
        while (_queue.TryStart(out var session, out var chunk))
            started.Add($"{session}{chunk}");
        return started;
    }
}
