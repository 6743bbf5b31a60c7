using ActorPool.Agent;
using ActorPool.Configuration;
using ActorPool.Jobs;
using ActorPool.Shipping;
using ActorPool.Transport;

namespace ActorPool.Child;

/// <summary>Runs the session of a worker process, which has no actor system.</summary>
/// <remarks>
/// <code>
/// parent ◄══ frames, as between a pool and a node ══► AgentSession ──► ChildPool ──► ChildThread: the user's functions
/// parent ◄── WorkNote: which item runs, also after the death of this process ───────────┘
/// </code>
/// </remarks>
internal sealed class ChildHost : ISessionHost
{
    private const string Parent = "parent";

    private readonly WorkNote? _note;
    private readonly ChildHostOptions _options;
    private Exception? _error;

    private ChildHost(WorkNote? note, ChildHostOptions options) => (_note, _options) = (note, options);

    /// <summary>Serves the parent over its connection until that ends.</summary>
    /// <param name="connection">The connection, which is authenticated; this owns it.</param>
    /// <param name="note">Where the parent reads which item runs; null for none. The caller disposes of it after the end.</param>
    /// <param name="options">What the parent decides for the process.</param>
    /// <param name="cancellationToken">Ends the session: what has no outcome is handed back, and the connection is closed.</param>
    /// <returns>How it ended; the task never fails.</returns>
    public static async Task<ChildEnd> RunAsync(
        DataConnection connection, WorkNote? note, ChildHostOptions options, CancellationToken cancellationToken = default)
    {
        var host = new ChildHost(note, options);
        var code = new CodeContext(Parent, options.Code);
        var gate = new ChunkGate(workers: 1);
        var settings = new SessionSettings(Workers: 1, "worker-process", options.Code.MaxModuleBytes, options.AbandonAfter);
        var session = new AgentSession(Guid.NewGuid(), Parent, code, gate, host, settings)
        {
            Process = Guid.NewGuid(),
        };
        gate.Enter(session);
        var served = session.RunAsync(connection);
        await served.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        gate.Remove(session);
        var hasStopped = await session.EndAsync(handsBack: !served.IsCompleted).ConfigureAwait(false);
        await served.ConfigureAwait(false);
        if (hasStopped)
            code.Unload();
        return new ChildEnd(hasStopped, host._error);
    }

    ISessionPool ISessionHost.CreatePool(WorkerPoolOptions options) =>
        ChildPool.Start(ChildSettings.Create(options, _options), _note, _options.Log, _options.WorkerId);

    void ISessionHost.OnConnectionEnded(AgentSession session, Exception? error) => _error = error;

    void ISessionHost.OnLastChunkDone()
    {
        // The gate of a worker process never closes.
    }

    void ISessionHost.OnJobStarted(AgentSession session, AgentSession.NodeJob job, Delegate function)
    {
        // The parent says so, if it is a node.
    }

    void ISessionHost.OnJobEnded(AgentSession session, AgentSession.NodeJob job)
    {
        // As above.
    }

    void ISessionHost.OnJobFailed(AgentSession session, AgentSession.NodeJob job, long? item, string error)
    {
        // As above.
    }

    void ISessionHost.SendOutput()
    {
        // The parent reads the output of this process.
    }

    void ISessionHost.OnNotIsolated(AgentSession session, Exception error)
    {
        // Its only worker is isolated.
    }

    void ISessionHost.OnHandedBack(AgentSession session, bool hasStarted, string items)
    {
        // The parent, which gets them back, says so itself.
    }
}

/// <summary>How the session of a worker process has ended.</summary>
/// <param name="HasStopped">Whether all functions have returned; otherwise the process must not wait for its threads.</param>
/// <param name="Error">Why the connection has ended; null after an orderly close.</param>
internal sealed record ChildEnd(bool HasStopped, Exception? Error);
