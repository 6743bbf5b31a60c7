using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Tests.Jobs;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Coordination;

public sealed class FairSchedulerTests
{
    private readonly FairScheduler _scheduler = new();

    [Fact]
    public void The_job_with_the_fewest_chunks_in_flight_is_served_first()
    {
        var large = Add(100);
        for (var i = 0; i < 3; i++)
            Take();
        var small = Add(2);
        Assert.Equal(new[] { small, small, large }, new[] { Take()!, Take()!, Take()! });
    }

    [Fact]
    public void Jobs_with_equally_many_chunks_in_flight_take_turns()
    {
        var jobs = new[] { Add(10), Add(10), Add(10) };
        var served = Enumerable.Range(0, 9).Select(_ => Take()!).ToArray();
        for (var turn = 0; turn < 9; turn += 3)
            Assert.Equal(jobs.OrderBy(job => job.Execution.Id), served.Skip(turn).Take(3).OrderBy(job => job.Execution.Id));
    }

    [Fact]
    public void A_job_that_has_no_chunk_yet_is_skipped()
    {
        var source = new EnumeratedInput<int>(new CountingSource());
        var waiting = new RunningJob(TestJobs.Ledger(TestJobs.Map(source, new JobOptions())), new Gatherer(ActorRefs.Nobody));
        _scheduler.Add(waiting);
        var ready = Add(1);
        Assert.Same(ready, Take());
        Assert.Null(Take());
    }

    [Fact]
    public void A_job_that_has_ended_or_was_removed_gets_nothing()
    {
        var (ended, removed) = (Add(10), Add(10));
        ended.TryEnd(new OperationCanceledException());
        _scheduler.Remove(removed);
        Assert.Null(Take());
    }

    [Fact]
    public void An_empty_scheduler_has_nothing_to_dispatch() => Assert.Null(Take());

    private RunningJob Add(int items)
    {
        var ledger = TestJobs.Ledger(TestJobs.Map(items, new JobOptions { ChunkSize = 1 }));
        var job = new RunningJob(ledger, new Gatherer(ActorRefs.Nobody));
        _scheduler.Add(job);
        return job;
    }

    [Fact]
    public void A_job_that_nothing_is_known_of_may_queue_one_chunk()
    {
        var job = new RunningJob(TestJobs.Ledger(TestJobs.Map(10, new JobOptions { ChunkSize = 1 })), new Gatherer(ActorRefs.Nobody));
        _scheduler.Add(job);

        Assert.NotNull(_scheduler.TryTake(worker: 0, tasksLeft: int.MaxValue, activeWorkers: 4, allowQueueing: true));
        Assert.Null(_scheduler.TryTake(worker: 0, tasksLeft: int.MaxValue, activeWorkers: 4, allowQueueing: true));
        Assert.NotNull(_scheduler.TryTake(worker: 0, tasksLeft: int.MaxValue, activeWorkers: 4, allowQueueing: false));
    }

    private RunningJob? Take() => _scheduler.TryTake(worker: 0, tasksLeft: int.MaxValue, activeWorkers: 4)?.Job;
}
