using ActorPool.Workers;
using Akka.Dispatch;

namespace ActorPool.Tests.Workers;

public sealed class LaneTests
{
    [Fact]
    public void Work_goes_to_as_many_threads_as_there_are_slots_in_order()
    {
        var lane = new Lane(slots: 2);
        var runs = Fill(lane, 4);
        Assert.Same(runs[0], lane.TakeAndEnter());
        Assert.Same(runs[1], lane.TakeAndEnter());
        Assert.Null(lane.TakeAndEnter());
        Assert.Same(runs[2], lane.TakeOrLeave());
        Assert.Same(runs[3], lane.TakeOrLeave());
        Assert.Null(lane.TakeOrLeave());
        Assert.Equal((1, 0), (lane.Serving, lane.Waiting));
    }

    [Fact]
    public void Threads_that_take_no_work_get_as_many_companions()
    {
        var lane = new Lane(slots: 2);
        Fill(lane, 20);
        lane.TakeAndEnter();
        lane.TakeAndEnter();
        Assert.Equal(0, lane.AddCompanions(isComputing: false)); // they took work since the last look
        Assert.Equal(2, lane.AddCompanions(isComputing: false));
        Enter(lane, 2);
        Assert.Null(lane.TakeAndEnter());
        Assert.Equal(0, lane.AddCompanions(isComputing: false));
        Assert.Equal(4, lane.AddCompanions(isComputing: false));
        Enter(lane, 4);
        Assert.Equal(8, lane.Serving);
    }

    [Fact]
    public void Threads_that_compute_get_a_companion_only_after_a_while()
    {
        var lane = new Lane(slots: 1);
        Fill(lane, 5);
        lane.TakeAndEnter();
        Assert.Equal(0, lane.AddCompanions(isComputing: true));
        var looks = 1;
        while (lane.AddCompanions(isComputing: true) == 0)
            looks++;
        Assert.Equal(10, looks);
    }

    [Fact]
    public void Companions_leave_when_those_who_blocked_are_back()
    {
        var lane = new Lane(slots: 1);
        Fill(lane, 10);
        lane.TakeAndEnter();
        lane.AddCompanions(isComputing: false);
        Assert.Equal(1, lane.AddCompanions(isComputing: false));
        Enter(lane, 1);
        lane.Leave(); // one of the two
        Assert.NotNull(lane.TakeOrLeave());
        Assert.Null(lane.TakeAndEnter());
        Assert.Equal(1, lane.Serving);
    }

    [Fact]
    public void Nobody_gets_companions_while_nothing_waits()
    {
        var lane = new Lane(slots: 1);
        Fill(lane, 1);
        lane.TakeAndEnter();
        lane.AddCompanions(isComputing: false);
        Assert.Equal(0, lane.AddCompanions(isComputing: false));
    }

    [Fact]
    public void More_may_go_on_than_there_are_slots_and_the_last_ones_take_what_waits()
    {
        var lane = new Lane(slots: 1);
        for (var i = 0; i < 3; i++)
            lane.Enter(); // back from user code
        var run = Fill(lane, 1)[0];
        Assert.Null(lane.TakeAndEnter());
        Assert.Null(lane.TakeOrLeave());
        Assert.Null(lane.TakeOrLeave());
        Assert.Same(run, lane.TakeOrLeave());
    }

    private static void Enter(Lane lane, int threads)
    {
        for (var i = 0; i < threads; i++)
            Assert.NotNull(lane.TakeAndEnter());
    }

    private static Run[] Fill(Lane lane, int count)
    {
        var runs = Enumerable.Range(0, count).Select(_ => new Run()).ToArray();
        foreach (var run in runs)
            lane.Enqueue(run);
        return runs;
    }

    private sealed class Run : IRunnable
    {
        void IRunnable.Run() { }

        public void Execute() { }
    }
}
