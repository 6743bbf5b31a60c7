using ActorPool.Diagnostics;
using ActorPool.Transport;
using ActorPool.Wire;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Lets sessions run on a node, with pools in its actor system.</summary>
internal sealed class NodeSessionHost(IActorRef agent, ActorSystem system, TimeProvider clock, NodeDesk? desk = null) : ISessionHost
{
    private readonly ILoggingAdapter _log = Logging.GetLogger(system, nameof(AgentSession));
    private readonly JobNews _news = new(Logging.GetLogger(system, nameof(AgentSession)), clock);

    public ISessionPool CreatePool(WorkerPoolOptions options) => new NodePool(system, options);

    public void OnConnectionEnded(AgentSession session, Exception? error) => agent.Tell(new NodeAgentActor.ConnectionEnded(session, error));

    public void OnLastChunkDone() => agent.Tell(NodeAgentActor.LastChunkDone.Instance);

    public void OnJobStarted(AgentSession session, AgentSession.NodeJob job, Delegate function) => job.IsTold = _news.TellStart(
        job.Definition.Name, job.Id, () => CompilerNames.FormatFunction(function.Method), session.ClientPool);

    public void OnJobEnded(AgentSession session, AgentSession.NodeJob job)
    {
        if (job.IsTold)
        {
            _news.TellEnd(
                job.Definition.Name, job.Id, session.ClientPool, Volatile.Read(ref job.Chunks), Volatile.Read(ref job.Items),
                Volatile.Read(ref job.Failed));
        }
        job.IsTold = false;
    }

    public void OnJobFailed(AgentSession session, AgentSession.NodeJob job, long? item, string error) =>
        _news.TellFailure(job.Definition.Name, job.Id, session.ClientPool, item, error);

    public Task<byte[]> AnswerAsync(
        DataProtocol.NodeQuestion question, string asker, PeerRoles roles, CancellationToken cancellationToken) =>
        desk?.AnswerAsync(question, asker, roles, cancellationToken) ?? throw new QuestionException("It cannot be asked.");

    public void SendOutput() => SendingConsole.Install();

    public void OnNotIsolated(AgentSession session, Exception error) => _log.NotIsolated(session.ClientPool, error.Message);

    public void OnHandedBack(AgentSession session, bool hasStarted, string items) => _log.HandedBack(session.ClientPool, hasStarted, items);
}
