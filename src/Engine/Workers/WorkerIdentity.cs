using ActorPool.Coordination;

namespace ActorPool.Workers;

/// <summary>Who a worker is: its pool, its number and the state that the user's factory made for it.</summary>
internal sealed class WorkerIdentity(PoolState pool, int id)
{
    public PoolState Pool { get; } = pool;

    public int Id { get; } = id;

    public object? State { get; set; }

    public static string NameOf(int id) => $"worker-{id}";
}
