using ActorPool.Transport;
using ActorPool.Wire;

namespace ActorPool.Agent;

/// <summary>What a session needs of the process that it runs in.</summary>
/// <remarks>
/// A node serves many sessions beside its actors; a worker process serves one and has no actors. Any thread may call, and no method waits.
/// </remarks>
internal interface ISessionHost
{
    /// <summary>Starts the workers of a session.</summary>
    /// <param name="options">The workers, and the code that they start with.</param>
    ISessionPool CreatePool(WorkerPoolOptions options);

    /// <summary>The session's data connection has ended.</summary>
    /// <param name="session">The session.</param>
    /// <param name="error">Why; null after an orderly close.</param>
    void OnConnectionEnded(AgentSession session, Exception? error);

    /// <summary>The last chunk of a gate that takes no more has ended.</summary>
    void OnLastChunkDone();

    /// <summary>The session has handed chunks back to its client.</summary>
    /// <param name="session">The session.</param>
    /// <param name="hasStarted">Whether they had started.</param>
    /// <param name="items">Which items, for people.</param>
    void OnHandedBack(AgentSession session, bool hasStarted, string items);

    /// <summary>A client's job runs here: its first chunk has come.</summary>
    void OnJobStarted(AgentSession session, AgentSession.NodeJob job, Delegate function);

    /// <summary>A client's job has ended.</summary>
    void OnJobEnded(AgentSession session, AgentSession.NodeJob job);

    /// <summary>A client's job has failed here.</summary>
    /// <param name="session">The session.</param>
    /// <param name="job">The job.</param>
    /// <param name="item">The item that ended it; null if it could not run at all.</param>
    /// <param name="error">The type of the exception.</param>
    void OnJobFailed(AgentSession session, AgentSession.NodeJob job, long? item, string error);

    /// <summary>Answers an observer, or does what an operator tells.</summary>
    /// <returns>JSON.</returns>
    /// <exception cref="QuestionException">There is no answer; the message says why, as a sentence.</exception>
    Task<byte[]> AnswerAsync(DataProtocol.NodeQuestion question, string asker, PeerRoles roles, CancellationToken cancellationToken) =>
        throw new QuestionException("It is a worker process, and not a node.");

    /// <summary>Sends what functions write to <see cref="Console"/> to the pools that ask for it.</summary>
    void SendOutput();

    /// <summary>A chunk that may end its process runs in this one: no worker process starts.</summary>
    void OnNotIsolated(AgentSession session, Exception error);
}
