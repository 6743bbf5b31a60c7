using System.Collections.Concurrent;
using Akka.Actor;
using ActorPool.Cluster;
using ActorPool.Hosting;

namespace ActorPool.Coordination;

/// <summary>What a pool's callers and its actors share: its settings, its counters, the jobs that have not ended, and whether it has.</summary>
/// <remarks>
/// The one place that knows every unanswered caller. A message that reaches the coordinator after its end is dropped by Akka without a word, so a
/// job is entered here before it is sent: either the sender sees that the pool has ended, or <see cref="End"/> sees the job.
/// </remarks>
internal sealed class PoolState(PoolSettings settings)
{
    private readonly ConcurrentDictionary<long, JobPlan> _jobs = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _end;
    private int _lastWorker = -1;

    public PoolSettings Settings { get; } = settings;

    public PoolCounters Counters { get; } = new();

    /// <summary>What is needed to send jobs to nodes; null in a pool of this process alone.</summary>
    public CodeShipment? Code { get; init; }

    /// <summary>Completes when the first worker is there: at once in this process, for a cluster when a node has answered.</summary>
    public TaskCompletionSource HasWorkers { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the workers have stopped, or were given up.</summary>
    public Task Stopped => _stopped.Task;

    public bool HasEnded => Volatile.Read(ref _end) is not null;

    public int NextWorkerId() => Interlocked.Increment(ref _lastWorker);

    /// <exception cref="FunctionNotShippableException">The function cannot travel to the nodes.</exception>
    /// <exception cref="PayloadException">The inputs or results are of a type that cannot.</exception>
    public void Submit(IActorRef coordinator, JobPlan plan)
    {
        if (TryEnter(plan))
            coordinator.Tell(new CoordinatorActor.StartJob(plan));
    }

    public bool TryEnter(JobPlan plan)
    {
        if (Code is not null)
            plan.PrepareForNodes(Code);
        _jobs.TryAdd(plan.Id, plan);
        if (Volatile.Read(ref _end) is not { } end)
            return true;
        plan.Fail(end);
        return false;
    }

    public void Leave(JobPlan plan) => _jobs.TryRemove(plan.Id, out _);

    /// <summary>Fails every job that has not ended, and every one that comes.</summary>
    public void End(Exception reason)
    {
        Interlocked.CompareExchange(ref _end, reason, null);
        foreach (var plan in _jobs.Values)
            plan.Fail(reason);
    }

    public void MarkStopped()
    {
        End(new PoolTerminatedException());
        Counters.Workers(live: 0, busy: 0);
        Counters.Jobs(0);
        _stopped.TrySetResult();
    }
}
