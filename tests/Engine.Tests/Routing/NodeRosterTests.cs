using ActorPool.Jobs;
using ActorPool.Routing;
using ActorPool.Tests.Jobs;

namespace ActorPool.Tests.Routing;

public sealed class NodeRosterTests
{
    private readonly NodeRoster _roster = new(prefetch: 2, workerLosses: 3);

    [Fact]
    public void The_node_with_the_most_free_workers_is_first()
    {
        _roster.Enter(1, workers: 2);
        _roster.Enter(2, workers: 4);

        Assert.Equal([2, 1], GetFree());

        _roster.Occupy(2, Lease());
        _roster.Occupy(2, Lease());
        _roster.Occupy(2, Lease());

        Assert.Equal([1, 2], GetFree());
    }

    [Fact]
    public void Nodes_with_equally_many_free_workers_take_turns()
    {
        _roster.Enter(1, workers: 2);
        _roster.Enter(2, workers: 2);

        var dispatched = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            var node = GetFree()[0];
            dispatched.Add(node);
            _roster.Occupy(node, Lease());
        }

        Assert.Equal([1, 2, 1, 2], dispatched);
    }

    [Fact]
    public void A_busy_node_queues_as_many_chunks_as_it_may_prefetch()
    {
        _roster.Enter(1, workers: 2);

        Assert.Empty(GetQueueing()); // its workers are free
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(i < 2 ? [1] : [], GetFree());
            Assert.Equal(i < 2 ? [] : [1], GetQueueing());
            _roster.Occupy(1, Lease());
        }

        Assert.Empty(GetQueueing());
        Assert.Equal(6, _roster.Held);
    }

    [Fact]
    public void A_lease_is_released_once_and_only_by_the_node_that_holds_it()
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
    public void A_node_that_leaves_gets_no_more_chunks_and_keeps_those_that_it_has()
    {
        _roster.Enter(1, workers: 2);
        var lease = Lease();
        _roster.Occupy(1, lease);

        _roster.Leave(1);
        _roster.Leave(1);

        Assert.Equal(0, _roster.Workers);
        Assert.Empty(GetFree());
        Assert.False(_roster.HasOffer(reserved: null));
        Assert.True(_roster.TryRemove(1, out var held, out _));
        Assert.Equal([lease], held);
        Assert.Equal((0, 0), (_roster.Workers, _roster.Held));
        Assert.False(_roster.TryRemove(1, out _, out _));
    }

    [Fact]
    public void A_node_that_holds_a_chunk_gets_no_suspect_chunk()
    {
        _roster.Enter(1, workers: 2);
        Assert.Equal([new NodeOffer(1, int.MaxValue)], _roster.GetOffers(allowQueueing: false, reserved: null));

        _roster.Occupy(1, Lease(losses: 1));

        Assert.Equal([new NodeOffer(1, MaxLosses: 1)], _roster.GetOffers(allowQueueing: false, reserved: null));
        _roster.Occupy(1, Lease());
        Assert.Equal([new NodeOffer(1, MaxLosses: 1)], _roster.GetOffers(allowQueueing: true, reserved: null));
    }

    [Fact]
    public void A_node_that_holds_a_suspect_chunk_gets_nothing_more()
    {
        _roster.Enter(1, workers: 2);
        _roster.Enter(2, workers: 1);
        var suspect = Lease(losses: 2);
        _roster.Occupy(1, suspect);

        Assert.Equal([2], GetFree());
        _roster.Occupy(2, Lease());
        Assert.Empty(GetFree());
        Assert.False(_roster.HasOffer(reserved: null)); // though a worker of node 1 is free
        Assert.Equal([2], GetQueueing());

        _roster.TryRelease(1, suspect);
        Assert.Equal([1], GetFree());
    }

    [Fact]
    public void The_node_that_holds_the_fewest_chunks_is_reserved_for_a_suspect_chunk()
    {
        Assert.Null(_roster.Reserve(suspectWaits: true));
        _roster.Enter(1, workers: 2);
        _roster.Enter(2, workers: 2);
        _roster.Enter(3, workers: 2);
        _roster.Leave(3);
        _roster.Occupy(1, Lease());
        var last = Lease();
        _roster.Occupy(2, last);
        _roster.Occupy(1, Lease());

        Assert.Null(_roster.Reserve(suspectWaits: false));
        Assert.Equal(2, _roster.Reserve(suspectWaits: true));

        Assert.Empty(GetFree(reserved: 2)); // though it has a free worker
        Assert.False(_roster.HasOffer(reserved: 2));
        _roster.TryRelease(2, last);
        Assert.Equal([new NodeOffer(2, int.MaxValue)], _roster.GetOffers(allowQueueing: false, reserved: 2));
    }

    [Fact]
    public void With_a_limit_of_one_loss_no_chunk_is_suspect()
    {
        var roster = new NodeRoster(prefetch: 0, workerLosses: 1);
        roster.Enter(1, workers: 2);
        roster.Occupy(1, Lease());

        Assert.Equal([new NodeOffer(1, int.MaxValue)], roster.GetOffers(allowQueueing: false, roster.Reserve(suspectWaits: true)));
    }

    [Fact]
    public void Processes_that_are_warm_come_first()
    {
        var roster = new NodeRoster(prefetch: 0, workerLosses: 1, prefersLast: true);
        roster.Enter(1, workers: 1);
        roster.Enter(2, workers: 1);
        roster.Enter(3, workers: 1);
        var (first, second) = (Lease(), Lease());
        roster.Occupy(2, first);
        roster.Occupy(3, second);
        roster.TryRelease(2, first);
        roster.TryRelease(3, second);

        Assert.Equal([3, 2, 1], roster.GetOffers(allowQueueing: false, reserved: null).Select(offer => offer.NodeId));
    }

    [Fact]
    public void A_node_that_gets_more_workers_gets_more_chunks_and_one_that_leaves_does_not()
    {
        _roster.Enter(1, workers: 1);
        _roster.Occupy(1, Lease());
        Assert.Empty(GetFree());

        Assert.Equal(2, _roster.Resize(1, workers: 3));
        Assert.Equal([1], GetFree());
        Assert.Equal(3, _roster.Workers);
        Assert.Equal(-3, _roster.Resize(1, workers: 0));
        Assert.Empty(GetFree());
        Assert.Empty(GetQueueing());
        Assert.Equal(0, _roster.Resize(2, workers: 5));

        _roster.Leave(1);
        Assert.Equal(0, _roster.Resize(1, workers: 4));
        Assert.Equal(0, _roster.Workers);
    }

    private int[] GetFree(int? reserved = null) => [.. _roster.GetOffers(allowQueueing: false, reserved).Select(offer => offer.NodeId)];

    private int[] GetQueueing() => [.. _roster.GetOffers(allowQueueing: true, reserved: null).Select(offer => offer.NodeId)];

    private static Lease Lease(int losses = 0) => TestJobs.Lease(losses: losses);
}
