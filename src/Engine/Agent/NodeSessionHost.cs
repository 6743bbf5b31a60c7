using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Lets sessions run on a node, with pools in its actor system.</summary>
internal sealed class NodeSessionHost(IActorRef agent, ActorSystem system) : ISessionHost
{
    private readonly ILoggingAdapter _log = Logging.GetLogger(system, nameof(AgentSession));

    public ISessionPool CreatePool(WorkerPoolOptions options) => new NodePool(WorkerPool.Create(system, options));

    public void OnConnectionEnded(AgentSession session, Exception? error) => agent.Tell(new NodeAgentActor.ConnectionEnded(session, error));

    public void OnLastChunkDone() => agent.Tell(NodeAgentActor.LastChunkDone.Instance);

    public void OnHandedBack(AgentSession session, bool hasStarted, string items) => _log.HandedBack(session.ClientPool, hasStarted, items);

    private sealed class NodePool(WorkerPool pool) : ISessionPool
    {
        public PoolState State => pool.State;

        public void SubmitPart(JobExecution execution, long chunk, CancellationToken stop) => pool.SubmitPart(execution, stop);

        public void Publish(Guid handle, object? value, Type type) => pool.Publish(handle, value, type);

        public async Task<bool> EndAsync(TimeSpan abandonAfter)
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            // The coordinator stops after its workers, and a worker after its function has returned.
            return await pool.Coordinator.WatchAsync().WaitAsync(abandonAfter).ContinueWith(
                watch => watch.IsCompletedSuccessfully, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default).ConfigureAwait(false);
        }
    }
}
