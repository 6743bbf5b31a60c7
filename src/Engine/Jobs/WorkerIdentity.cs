namespace ActorPool.Jobs;

/// <summary>A worker's pool, its number, and the state that the user's factory made.</summary>
internal sealed class WorkerIdentity(PoolState pool, int id)
{
    public PoolState Pool { get; } = pool;

    public int Id { get; } = id;

    public object? State { get; set; }
}
