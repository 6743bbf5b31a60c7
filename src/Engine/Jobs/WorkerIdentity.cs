using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>A worker's pool, its number, and the state that the user's factory made.</summary>
internal sealed class WorkerIdentity(PoolState pool, int id)
{
    public PoolState Pool { get; } = pool;

    public int Id { get; } = id;

    public object? State { get; set; }

    /// <summary>The worker; null in a worker process and in a simulation.</summary>
    public IActorRef? Actor { get; init; }

    /// <summary>What its functions write to the console of a node.</summary>
    /// <value>Null until they write something, and if the pool has not asked for it.</value>
    public WrittenLines? Written { get; set; }

    /// <summary>Where a worker process tells its parent what it runs; null in other processes.</summary>
    public WorkNote? Note { get; init; }
}
