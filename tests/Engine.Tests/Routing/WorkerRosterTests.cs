using ActorPool.Coordination;
using ActorPool.Routing;
using ActorPool.Tests.Coordination;
using CsCheck;

namespace ActorPool.Tests.Routing;

public sealed class WorkerRosterTests
{
    [Fact]
    public void The_worker_that_worked_last_is_dealt_to_first()
    {
        var roster = Whole(3);
        var lease = Plans.Lease();
        roster.Occupy(lease);
        Assert.Equal(WorkerNext.Work, roster.Release(2, lease));
        Assert.True(roster.TryPeekIdle(out var id, out _));
        Assert.Equal(2, id);
    }

    [Fact]
    public void Without_an_idle_worker_there_is_none_to_deal_to()
    {
        var roster = Whole(1);
        roster.Occupy(Plans.Lease());
        Assert.False(roster.TryPeekIdle(out var id, out var tasksLeft));
        Assert.Equal((-1, 0), (id, tasksLeft));
    }

    [Fact]
    public void A_worker_retires_when_it_has_done_all_that_it_may()
    {
        var roster = Whole(1, maxTasks: 5);
        var (first, second) = (Plans.Lease(3), Plans.Lease(2));
        roster.Occupy(first);
        Assert.Equal(WorkerNext.Work, roster.Release(0, first));
        Assert.Equal(2, roster.LeastTasksLeft());
        roster.Occupy(second);
        Assert.Equal(WorkerNext.Retire, roster.Release(0, second));
        Assert.Equal((0, 1), (roster.Live, roster.Shortage));
    }

    [Fact]
    public void A_slot_that_is_lent_asks_for_one_more_worker_who_leaves_when_it_is_taken_back()
    {
        var roster = Whole(1);
        roster.Occupy(Plans.Lease());
        roster.Lend();
        Assert.Equal((1, 0), (roster.Shortage, roster.Free));
        roster.Expect(1);
        roster.Enter(1);
        Assert.Equal((0, 1), (roster.Shortage, roster.Free));
        Assert.False(roster.TryDismiss(out _));
        roster.TakeBack();
        Assert.Equal(-1, roster.Shortage);
        Assert.True(roster.TryDismiss(out var dismissed));
        Assert.Equal((1, 0), (dismissed, roster.Shortage));
    }

    [Fact]
    public void No_more_slots_are_lent_than_workers_may_be_added()
    {
        var roster = new WorkerRoster(target: 1, maxTasksPerWorker: null, mostLoans: 2);
        roster.Lend();
        Assert.False(roster.LoansExhausted);
        roster.Lend();
        Assert.True(roster.LoansExhausted);
    }

    [Fact]
    public void Only_a_pool_that_is_whole_and_idle_can_be_dealt_to_blindly()
    {
        var roster = Whole(2);
        Assert.True(roster.IsWholeAndIdle);
        roster.Expect(1);
        Assert.False(roster.IsWholeAndIdle);
        roster.FailToEnter();
        var lease = Plans.Lease();
        roster.Occupy(lease);
        Assert.False(roster.IsWholeAndIdle);
        roster.Release(1, lease);
        roster.TryRemove(0, out _);
        Assert.False(roster.IsWholeAndIdle);
    }

    [Fact]
    public void Of_a_wave_each_worker_learns_its_lease_and_comes_back_with_it()
    {
        var roster = Whole(2, maxTasks: 10);
        var (a, b) = (Plans.Lease(4), Plans.Lease(4));
        roster.OccupyAll();
        Assert.Equal((0, 2), (roster.Idle, roster.Busy));
        roster.Learn(0, b);
        Assert.True(roster.Holds(0, b));
        Assert.Equal(WorkerNext.Work, roster.Release(0, b));
        roster.Learn(1, a);
        Assert.True(roster.TryRemove(1, out var held));
        Assert.Same(a, held);
        Assert.Equal(6, roster.LeastTasksLeft());
    }

    [Fact]
    public void A_lease_that_came_twice_or_to_the_wrong_worker_makes_nobody_idle_twice()
    {
        var roster = Whole(2);
        var (first, second) = (Plans.Lease(), Plans.Lease());
        roster.Occupy(first); // worker 1
        Assert.Equal(WorkerNext.Unchanged, roster.Release(1, second));
        Assert.True(roster.Holds(1, first));
        Assert.Equal(WorkerNext.Work, roster.Release(1, first));
        Assert.Equal(WorkerNext.Unchanged, roster.Release(1, first));
        roster.Learn(1, second);
        Assert.Equal((2, 0), (roster.Idle, roster.Busy));
        Assert.Equal(WorkerNext.Unchanged, roster.Release(99, first));
    }

    [Fact]
    public void Turning_the_idle_workers_brings_each_of_them_up_once()
    {
        var roster = Whole(4);
        var seen = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            roster.TryPeekIdle(out var id, out _);
            seen.Add(id);
            roster.Rotate();
        }
        Assert.Equal([0, 1, 2, 3], seen.Order());
        Assert.True(roster.TryPeekIdle(out var again, out _));
        Assert.Equal(seen[0], again);
    }

    [Fact]
    public void Those_whom_a_router_did_not_bring_are_not_expected_any_more()
    {
        var roster = new WorkerRoster(3, null, 0);
        roster.Expect(3);
        Assert.Equal(0, roster.Shortage);
        roster.ExpectNone();
        Assert.Equal(3, roster.Shortage);
    }

    [Fact]
    public void Any_coming_and_going_keeps_the_counts() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 12].Nullable(), Gen.Int[0, 3], Gen.Select(Gen.Int[0, 7], Gen.Int[0, 1000]).Array[0, 150])
            .Sample((target, maxTasks, mostLoans, steps) =>
            {
                var model = new Model(target, maxTasks, mostLoans);
                foreach (var (what, number) in steps)
                    model.Do(what, number);
            }, iter: 2000);

    private static WorkerRoster Whole(int workers, int? maxTasks = null)
    {
        var roster = new WorkerRoster(workers, maxTasks, mostLoans: 4);
        roster.Expect(workers);
        for (var i = 0; i < workers; i++)
            roster.Enter(i);
        return roster;
    }

    /// <summary>The same books, kept in the simplest way.</summary>
    private sealed class Model(int target, int? maxTasks, int mostLoans)
    {
        private static readonly Lease[] s_leases = [.. Enumerable.Range(1, 4).Select(count => Plans.Lease(count))];

        private readonly WorkerRoster _roster = new(target, maxTasks, mostLoans);
        private readonly Dictionary<int, (Lease? Lease, int Tasks)> _workers = [];
        private int _starting;
        private int _loans;
        private int _nextId;

        public void Do(int what, int number)
        {
            switch (what)
            {
                case 0 when _roster.Shortage > 0:
                    _starting += _roster.Shortage;
                    _roster.Expect(_roster.Shortage);
                    break;
                case 1 when _starting > 0:
                    _starting--;
                    _workers.Add(_nextId, (null, maxTasks ?? int.MaxValue));
                    _roster.Enter(_nextId++);
                    break;
                case 2 when _roster.TryPeekIdle(out var id, out var tasksLeft):
                    Require(_workers[id].Lease is null && _workers[id].Tasks == tasksLeft, $"worker {id} is offered");
                    var lease = s_leases[number % Math.Min(4, tasksLeft)];
                    _workers[id] = (lease, tasksLeft - lease.Chunk.Count);
                    _roster.Occupy(lease);
                    break;
                case 3 when _workers.Count > 0:
                    Release(_workers.Keys.ElementAt(number % _workers.Count), s_leases[number % 4]);
                    break;
                case 4 when _workers.Count > 0:
                    var gone = _workers.Keys.ElementAt(number % _workers.Count);
                    Require(_roster.TryRemove(gone, out var held) && ReferenceEquals(held, _workers[gone].Lease), $"worker {gone} is removed with its lease");
                    Require(!_roster.TryRemove(gone, out _), $"worker {gone} is removed once");
                    _workers.Remove(gone);
                    break;
                case 5 when !_roster.LoansExhausted && _loans < _workers.Count:
                    _loans++;
                    _roster.Lend();
                    break;
                case 6 when _loans > 0:
                    _loans--;
                    _roster.TakeBack();
                    break;
                case 7 when _roster.TryDismiss(out var dismissed):
                    Require(_workers.Remove(dismissed, out var was) && was.Lease is null, $"worker {dismissed} was idle");
                    break;
                default:
                    if (_roster.Idle > 0)
                        _roster.Rotate();
                    break;
            }
            var idle = _workers.Values.Count(worker => worker.Lease is null);
            Require(_roster.Live == _workers.Count && _roster.Idle == idle && _roster.Busy == _workers.Count - idle, "counts");
            Require(_roster.Starting == _starting && _roster.Free == _workers.Count - _loans, "starting and free");
            Require(_roster.Shortage == target + _loans - _workers.Count - _starting, "shortage");
            Require(_roster.Ids.Order().SequenceEqual(_workers.Keys.Order()), "ids");
            Require(_roster.IsWholeAndIdle == (_starting == 0 && idle == target && _workers.Count == target), "whole");
        }

        private void Release(int id, Lease lease)
        {
            var (held, tasks) = _workers[id];
            var tooMany = _workers.Count + _starting > target + _loans;
            var expected = !ReferenceEquals(held, lease) ? WorkerNext.Unchanged : tasks > 0 && !tooMany ? WorkerNext.Work : WorkerNext.Retire;
            Require(_roster.Release(id, lease) == expected, $"worker {id} is released");
            if (expected == WorkerNext.Work)
                _workers[id] = (null, tasks);
            else if (expected == WorkerNext.Retire)
                _workers.Remove(id);
        }

        private static void Require(bool holds, string what)
        {
            if (!holds)
                throw new InvalidOperationException(what);
        }
    }
}
