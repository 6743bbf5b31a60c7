using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>Messages between coordinator, supervisor and workers about workers that start and stop.</summary>
/// <remarks>
/// They stay in this process.
/// <code>
/// worker ──WorkerReady, WorkerFailed, WorkerVanished, DisposalFailed──► supervisor
/// supervisor ──WorkerReady, WorkerLost, WorkerFailed, StartsEnded, SupervisorStopping──► coordinator
/// coordinator ──DispatchRound, SetWorkerCount, RetireWorker, AbandonWorker, StopReplacing, AwaitStarts──► supervisor
/// supervisor ──Lease of a round, Retire──► worker
/// </code>
/// All other chunks, and the ends of all, go between coordinator and workers without the supervisor: see <see cref="WorkProtocol"/>.
/// </remarks>
internal static class SupervisionProtocol
{
    /// <summary>Worker to supervisor to coordinator: initialized, and ready for its first chunk.</summary>
    public sealed record WorkerReady(int WorkerId, IActorRef Worker) : IPoolMessage;

    /// <summary>Worker to supervisor to coordinator: the initializer or the state factory threw.</summary>
    /// <remarks>The worker stops, and no other is started.</remarks>
    public sealed record WorkerFailed(int WorkerId, Exception Error) : IPoolMessage;

    /// <summary>Worker to supervisor: stopped from outside before it was ready.</summary>
    public sealed record WorkerVanished(int WorkerId) : IPoolMessage;

    /// <summary>Worker to supervisor, after its end: its state could not be disposed of.</summary>
    public sealed record DisposalFailed(int WorkerId, Exception Error) : IPoolMessage;

    /// <summary>Supervisor to coordinator: the worker was stopped from outside; its replacement is starting.</summary>
    public sealed record WorkerLost(int WorkerId) : IPoolMessage;

    /// <summary>Supervisor to coordinator: no worker is starting now. Answers <see cref="AwaitStarts"/>.</summary>
    public sealed record StartsEnded : IPoolMessage
    {
        public static readonly StartsEnded Instance = new();
    }

    /// <summary>Supervisor to coordinator: it is being stopped from outside, and its workers with it.</summary>
    public sealed record SupervisorStopping(IActorRef Supervisor) : IPoolMessage;

    /// <summary>Coordinator to supervisor: one chunk for each of these workers.</summary>
    /// <remarks>The router decides which worker gets which chunk.</remarks>
    public sealed record DispatchRound(IReadOnlyList<int> Workers, Lease[] Leases) : IPoolMessage;

    /// <summary>Coordinator to supervisor: start workers up to this number.</summary>
    /// <remarks>If there are too many, the coordinator retires some.</remarks>
    public sealed record SetWorkerCount(int Count) : IPoolMessage;

    /// <summary>Coordinator to supervisor: stop this worker, which holds no chunk.</summary>
    /// <remarks>The supervisor replaces it if one is missing then.</remarks>
    public sealed record RetireWorker(int WorkerId) : IPoolMessage;

    /// <summary>Coordinator to supervisor: replace this worker without waiting; its function does not return.</summary>
    public sealed record AbandonWorker(int WorkerId) : IPoolMessage;

    /// <summary>Coordinator to supervisor: the pool has failed; start no more workers.</summary>
    public sealed record StopReplacing : IPoolMessage
    {
        public static readonly StopReplacing Instance = new();
    }

    /// <summary>Coordinator to supervisor: say when no worker is starting.</summary>
    public sealed record AwaitStarts : IPoolMessage
    {
        public static readonly AwaitStarts Instance = new();
    }

    /// <summary>Supervisor to worker: stop; it holds nothing.</summary>
    public sealed record Retire : IPoolMessage
    {
        public static readonly Retire Instance = new();
    }
}
