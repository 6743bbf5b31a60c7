using ActorPool.Jobs;
using ActorPool.Routing;
using ActorPool.Tests.Jobs;
using CsCheck;

namespace ActorPool.Tests.Routing;

public sealed class WorkerRosterTests
{
    [Fact]
    public void The_worker_that_worked_last_gets_the_next_chunk()
    {
        var roster = CreateFull(3);
        var lease = TestJobs.Lease();
        roster.Occupy(lease);
        Assert.Equal(ReleaseResult.Idle, roster.Release(2, lease));
        Assert.True(roster.TryPeekIdle(out var id, out _));
        Assert.Equal(2, id);
    }

    [Fact]
    public void Without_an_idle_worker_there_is_none_to_dispatch_to()
    {
        var roster = CreateFull(1);
        roster.Occupy(TestJobs.Lease());
        Assert.False(roster.TryPeekIdle(out var id, out var tasksLeft));
        Assert.Equal((-1, 0), (id, tasksLeft));
    }

    [Fact]
    public void A_worker_retires_when_it_has_done_all_that_it_may()
    {
        var roster = CreateFull(1, maxTasks: 5);
        var (first, second) = (TestJobs.Lease(3), TestJobs.Lease(2));
        roster.Occupy(first);
        Assert.Equal(ReleaseResult.Idle, roster.Release(0, first));
        Assert.True(roster.TryPeekIdle(out _, out var tasksLeft));
        Assert.Equal(2, tasksLeft);
        roster.Occupy(second);
        Assert.Equal(ReleaseResult.Retire, roster.Release(0, second));
        Assert.Equal((0, 1), (roster.Live, roster.Wanted));
    }

    [Fact]
    public void A_lent_slot_asks_for_one_more_worker_which_is_dismissed_when_the_slot_is_taken_back()
    {
        var roster = CreateFull(1);
        roster.Occupy(TestJobs.Lease());
        roster.Lend();
        Assert.Equal((2, 0), (roster.Wanted, roster.Free));
        roster.Enter(1);
        Assert.Equal((2, 1), (roster.Wanted, roster.Free));
        Assert.False(roster.TryDismiss(out _));
        roster.TakeBack();
        Assert.Equal(1, roster.Wanted);
        Assert.True(roster.TryDismiss(out var dismissed));
        Assert.Equal((1, 1), (dismissed, roster.Live));
        Assert.False(roster.TryDismiss(out _));
    }

    [Fact]
    public void No_more_slots_are_lent_than_workers_may_be_added()
    {
        var roster = new WorkerRoster(workers: 1, maxTasksPerWorker: null, maxLoans: 2);
        roster.Lend();
        Assert.False(roster.LoansExhausted);
        roster.Lend();
        Assert.True(roster.LoansExhausted);
    }

    [Fact]
    public void A_busy_surplus_worker_retires_when_it_is_released()
    {
        var roster = CreateFull(1);
        var (first, second) = (TestJobs.Lease(), TestJobs.Lease());
        roster.Occupy(first);
        roster.Lend();
        roster.Enter(1);
        roster.Occupy(second);
        roster.TakeBack();
        Assert.Equal(ReleaseResult.Retire, roster.Release(1, second));
        Assert.Equal(ReleaseResult.Idle, roster.Release(0, first));
    }

    [Fact]
    public void Only_a_pool_whose_workers_are_all_present_and_idle_takes_a_round()
    {
        var roster = CreateFull(2);
        Assert.True(roster.CanTakeRound);
        var lease = TestJobs.Lease();
        roster.Occupy(lease);
        Assert.False(roster.CanTakeRound);
        roster.Release(1, lease);
        Assert.True(roster.CanTakeRound);
        roster.Enter(2);
        Assert.False(roster.CanTakeRound);
        roster.TryRemove(0, out _);
        roster.TryRemove(1, out _);
        Assert.False(roster.CanTakeRound);
    }

    [Fact]
    public void One_worker_needs_no_round() => Assert.False(CreateFull(1).CanTakeRound);

    [Fact]
    public void Each_worker_of_a_round_learns_its_lease_and_is_released_with_it()
    {
        var roster = CreateFull(2);
        var (a, b) = (TestJobs.Lease(4), TestJobs.Lease(4));
        roster.OccupyAll();
        Assert.Equal((0, 2), (roster.Idle, roster.Busy));
        roster.Learn(0, b);
        Assert.True(roster.Holds(0, b));
        Assert.Equal(ReleaseResult.Idle, roster.Release(0, b));
        roster.Learn(1, a);
        Assert.True(roster.TryRemove(1, out var held));
        Assert.Same(a, held);
    }

    [Fact]
    public void A_lease_that_comes_twice_or_to_the_wrong_worker_makes_no_worker_idle_twice()
    {
        var roster = CreateFull(2);
        var (first, second) = (TestJobs.Lease(), TestJobs.Lease());
        roster.Occupy(first); // worker 1
        Assert.Equal(ReleaseResult.Stale, roster.Release(1, second));
        Assert.True(roster.Holds(1, first));
        Assert.Equal(ReleaseResult.Idle, roster.Release(1, first));
        Assert.Equal(ReleaseResult.Stale, roster.Release(1, first));
        roster.Learn(1, second);
        Assert.Equal((2, 0), (roster.Idle, roster.Busy));
        Assert.Equal(ReleaseResult.Stale, roster.Release(99, first));
    }

    [Fact]
    public void The_second_idle_worker_can_be_offered_before_the_first()
    {
        var roster = CreateFull(3);
        Assert.True(roster.TrySwapIdle());
        Assert.Equal(1, PeekIdle());
        roster.Occupy(TestJobs.Lease());
        Assert.Equal(2, PeekIdle());
        roster.Occupy(TestJobs.Lease());
        Assert.False(roster.TrySwapIdle());
        Assert.Equal(0, PeekIdle());

        int PeekIdle() => roster.TryPeekIdle(out var id, out _) ? id : -1;
    }

    [Fact]
    public void Workers_that_retire_after_some_items_take_no_rounds() => Assert.False(CreateFull(2, maxTasks: 10).CanTakeRound);

    [Fact]
    public void Any_sequence_of_changes_keeps_the_counts() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 12].Nullable(), Gen.Int[0, 3], Gen.Select(Gen.Int[0, 8], Gen.Int[0, 1000]).Array[0, 150])
            .Sample((target, maxTasks, maxLoans, steps) =>
            {
                var model = new Model(target, maxTasks, maxLoans);
                foreach (var (what, number) in steps)
                    model.Do(what, number);
            }, iter: 2000);

    private static WorkerRoster CreateFull(int workers, int? maxTasks = null)
    {
        var roster = new WorkerRoster(workers, maxTasks, maxLoans: 4);
        for (var i = 0; i < workers; i++)
            roster.Enter(i);
        return roster;
    }

    /// <summary>Keeps the same counts in the simplest way.</summary>
    private sealed class Model(int target, int? maxTasks, int maxLoans)
    {
        private static readonly Lease[] s_leases = [.. Enumerable.Range(1, 4).Select(count => TestJobs.Lease(count))];

        private readonly WorkerRoster _roster = new(target, maxTasks, maxLoans);
        private readonly Dictionary<int, (Lease? Lease, int Tasks)> _workers = [];
        private int _target = target;
        private int _loans;
        private int _nextId;

        public void Do(int what, int number)
        {
            switch (what)
            {
                case 0 or 1 when _workers.Count <= _roster.Wanted: // one more than wanted may enter: it was already starting
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
                    var removed = _workers.Keys.ElementAt(number % _workers.Count);
                    Require(
                        _roster.TryRemove(removed, out var held) && ReferenceEquals(held, _workers[removed].Lease),
                        $"worker {removed} is removed with its lease");
                    Require(!_roster.TryRemove(removed, out _), $"worker {removed} is removed once");
                    _workers.Remove(removed);
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
                case 8:
                    _target = Math.Max(_target, number % 8);
                    _roster.Grow(number % 8);
                    break;
                default:
                    Require(_roster.TrySwapIdle() == _roster.Idle > 1, "two idle workers");
                    break;
            }
            var idle = _workers.Values.Count(worker => worker.Lease is null);
            Require(_roster.Live == _workers.Count && _roster.Idle == idle && _roster.Busy == _workers.Count - idle, "counts");
            Require(_roster.Free == _workers.Count - _loans && _roster.Wanted == _target + _loans, "free and wanted");
            Require(_roster.Ids.Order().SequenceEqual(_workers.Keys.Order()), "ids");
            Require(_roster.CanTakeRound == (maxTasks is null && _target > 1 && idle == _target && _workers.Count == _target), "round");
        }

        private void Release(int id, Lease lease)
        {
            var (held, tasks) = _workers[id];
            var isSurplus = _workers.Count > _target + _loans;
            var expected = !ReferenceEquals(held, lease) ? ReleaseResult.Stale
                : tasks > 0 && !isSurplus ? ReleaseResult.Idle
                : ReleaseResult.Retire;
            Require(_roster.Release(id, lease) == expected, $"worker {id} is released");
            if (expected == ReleaseResult.Idle)
                _workers[id] = (null, tasks);
            else if (expected == ReleaseResult.Retire)
                _workers.Remove(id);
        }

        private static void Require(bool holds, string what)
        {
            if (!holds)
                throw new InvalidOperationException(what);
        }
    }
}
