using ActorPool.Coordination;
using ActorPool.Routing;
using ActorPool.Tests.Coordination;

namespace ActorPool.Tests.Routing;

public sealed class NodeRosterTests
{
    private readonly NodeRoster _roster = new(prefetch: 2);

    [Fact]
    public void The_node_with_the_most_free_workers_is_first()
    {
        _roster.Enter(1, workers: 2);
        _roster.Enter(2, workers: 4);

        Assert.Equal([2, 1], _roster.WithFreeWorkers());

        _roster.Occupy(2, Lease());
        _roster.Occupy(2, Lease());
        _roster.Occupy(2, Lease());

        Assert.Equal([1, 2], _roster.WithFreeWorkers());
    }

    [Fact]
    public void Equals_take_turns()
    {
        _roster.Enter(1, workers: 2);
        _roster.Enter(2, workers: 2);

        var dealt = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            var node = _roster.WithFreeWorkers()[0];
            dealt.Add(node);
            _roster.Occupy(node, Lease());
        }

        Assert.Equal([1, 2, 1, 2], dealt);
    }

    [Fact]
    public void A_busy_node_has_room_for_as_many_as_it_may_have_at_hand()
    {
        _roster.Enter(1, workers: 2);

        Assert.Empty(_roster.WithRoom()); // its workers are free
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(i < 2 ? [1] : [], _roster.WithFreeWorkers());
            Assert.Equal(i < 2 ? [] : [1], _roster.WithRoom());
            _roster.Occupy(1, Lease());
        }

        Assert.Empty(_roster.WithRoom());
        Assert.Equal(6, _roster.Held);
    }

    [Fact]
    public void A_lease_comes_back_once_and_only_from_where_it_was()
    {
        _roster.Enter(1, workers: 1);
        _roster.Enter(2, workers: 1);
        var lease = Lease();
        _roster.Occupy(1, lease);

        Assert.False(_roster.TryRelease(2, lease));
        Assert.False(_roster.TryRelease(3, lease));
        Assert.True(_roster.TryRelease(1, lease));
        Assert.False(_roster.TryRelease(1, lease));
        Assert.Equal(0, _roster.Held);
    }

    [Fact]
    public void A_node_that_leaves_gets_no_more_and_keeps_what_it_has()
    {
        _roster.Enter(1, workers: 2);
        var lease = Lease();
        _roster.Occupy(1, lease);

        _roster.Leave(1);
        _roster.Leave(1);

        Assert.Equal(0, _roster.Workers);
        Assert.Empty(_roster.WithFreeWorkers());
        Assert.False(_roster.HasFreeWorker);
        Assert.True(_roster.TryRemove(1, out var held, out _));
        Assert.Equal([lease], held);
        Assert.Equal((0, 0), (_roster.Workers, _roster.Held));
        Assert.False(_roster.TryRemove(1, out _, out _));
    }

    private static Lease Lease() => Plans.Lease();
}
