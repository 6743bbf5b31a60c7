using ActorPool.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Lets sessions run on a node, with pools in its actor system.</summary>
internal sealed class NodeSessionHost(IActorRef agent, ActorSystem system) : ISessionHost
{
    private readonly ILoggingAdapter _log = Logging.GetLogger(system, nameof(AgentSession));

    public ISessionPool CreatePool(WorkerPoolOptions options) => new NodePool(system, options);

    public void OnConnectionEnded(AgentSession session, Exception? error) => agent.Tell(new NodeAgentActor.ConnectionEnded(session, error));

    public void OnLastChunkDone() => agent.Tell(NodeAgentActor.LastChunkDone.Instance);

    public void OnNotIsolated(AgentSession session, Exception error) => _log.NotIsolated(session.ClientPool, error.Message);

    public void OnHandedBack(AgentSession session, bool hasStarted, string items) => _log.HandedBack(session.ClientPool, hasStarted, items);
}
