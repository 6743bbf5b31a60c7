using ActorPool.Routing;

namespace ActorPool.Tests.Routing;

public sealed class ChunkGateTests
{
    private readonly ChunkGate<string, int> _gate = new(workers: 2);

    [Fact]
    public void No_more_run_than_there_are_workers()
    {
        Add("a", 3);

        Assert.Equal(["a0", "a1"], StartAll());
        Assert.Equal(2, _gate.Running);

        _gate.End("a");

        Assert.Equal(["a2"], StartAll());
    }

    [Fact]
    public void A_long_queue_does_not_hold_up_a_short_one()
    {
        Add("a", 100);
        Assert.Equal(["a0", "a1"], StartAll());
        Add("b", 2);

        _gate.End("a");
        Assert.Equal(["b0"], StartAll());
        _gate.End("b");
        Assert.Equal(["b1"], StartAll()); // a has one that runs, and b none
    }

    [Fact]
    public void Equals_take_turns()
    {
        Add("a", 4);
        Add("b", 4);
        var started = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            started.AddRange(StartAll());
            _gate.End("a");
            _gate.End("b");
        }

        Assert.Equal(["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"], started);
        Assert.True(_gate.IsEmpty);
    }

    [Fact]
    public void What_runs_of_a_session_that_is_gone_counts_until_it_ends()
    {
        Add("a", 3);
        StartAll();

        _gate.Remove("a");

        Add("b", 1);
        Assert.Empty(StartAll());
        _gate.End("a");
        Assert.Equal(["b0"], StartAll());
        _gate.End("a");
        _gate.End("b");
        Assert.Equal(0, _gate.Running);
        Assert.True(_gate.IsEmpty);
    }

    [Fact]
    public void What_waits_can_be_taken_out()
    {
        Add("a", 4);
        StartAll();

        Assert.Equal([2, 3], _gate.TakeWaiting("a"));

        Assert.Empty(_gate.TakeWaiting("a"));
        Assert.Empty(_gate.TakeWaiting("nobody"));
        Assert.False(_gate.IsEmpty);
    }

    private void Add(string session, int chunks)
    {
        for (var i = 0; i < chunks; i++)
            _gate.Add(session, i);
    }

    private List<string> StartAll()
    {
        var started = new List<string>();
        while (_gate.TryStart(out var session, out var chunk))
            started.Add($"{session}{chunk}");
        return started;
    }
}
