using Akka.Actor;
using ActorPool.Coordination;
using ActorPool.Routing;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Coordination;

public sealed class JobRotationTests
{
    private readonly JobRotation _rotation = new();

    [Fact]
    public void The_job_with_the_fewest_chunks_out_is_served_first()
    {
        var large = Add(100);
        for (var i = 0; i < 3; i++)
            Take();
        var small = Add(2);
        Assert.Equal(new[] { small, small, large }, new[] { Take()!, Take()!, Take()! });
    }

    [Fact]
    public void Equals_take_turns()
    {
        var jobs = new[] { Add(10), Add(10), Add(10) };
        var served = Enumerable.Range(0, 9).Select(_ => Take()!).ToArray();
        for (var turn = 0; turn < 9; turn += 3)
            Assert.Equal(jobs.OrderBy(job => job.Plan.Id), served.Skip(turn).Take(3).OrderBy(job => job.Plan.Id));
    }

    [Fact]
    public void A_job_without_a_chunk_for_now_is_passed_over()
    {
        var waiting = new RunningJob(Plans.Ledger(Plans.Map(new ActorPool.Chunking.EnumeratedInput<int>(new CountingSource()), new JobOptions())), ActorRefs.Nobody);
        _rotation.Add(waiting);
        var ready = Add(1);
        Assert.Same(ready, Take());
        Assert.Null(Take());
    }

    [Fact]
    public void A_job_that_has_ended_or_left_gets_nothing()
    {
        var (ended, left) = (Add(10), Add(10));
        ended.EndReason = new OperationCanceledException();
        _rotation.Remove(left);
        Assert.Null(Take());
    }

    [Fact]
    public void An_empty_rotation_has_nothing_to_deal() => Assert.Null(Take());

    private RunningJob Add(int items)
    {
        var job = new RunningJob(Plans.Ledger(Plans.Map(items, new JobOptions { ChunkSize = 1 })), ActorRefs.Nobody);
        _rotation.Add(job);
        return job;
    }

    [Fact]
    public void A_job_that_nothing_is_known_of_has_one_chunk_that_waits()
    {
        var job = new RunningJob(Plans.Ledger(Plans.Map(10, new JobOptions { ChunkSize = 1 })), Akka.Actor.ActorRefs.Nobody);
        _rotation.Add(job);

        Assert.NotNull(_rotation.TryTake(worker: 0, tasksLeft: int.MaxValue, sharing: 4, mayWait: true));
        Assert.Null(_rotation.TryTake(worker: 0, tasksLeft: int.MaxValue, sharing: 4, mayWait: true));
        Assert.NotNull(_rotation.TryTake(worker: 0, tasksLeft: int.MaxValue, sharing: 4, mayWait: false));
    }

    private RunningJob? Take() => _rotation.TryTake(worker: 0, tasksLeft: int.MaxValue, sharing: 4)?.Job;
}
