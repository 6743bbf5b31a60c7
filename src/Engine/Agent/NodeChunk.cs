namespace ActorPool.Agent;

/// <summary>A chunk that has arrived at its node or worker process.</summary>
internal abstract class NodeChunk
{
    /// <summary>The chunk's number at the client.</summary>
    public required long Id { get; init; }

    /// <summary>Whether the client wants to be told when the chunk starts.</summary>
    public required bool ReportsStart { get; init; }

    /// <summary>Whether one of its items may end the process that runs it.</summary>
    public required bool IsSuspect { get; init; }

    /// <summary>How many inputs it has.</summary>
    public required int Count { get; init; }

    /// <summary>Runs the chunk on a worker of the session's pool.</summary>
    /// <returns>The outcome; the task faults only if the chunk could not be run at all.</returns>
    public abstract Task<ChunkReport> RunAsync(ISessionPool pool, CancellationToken stop);
}
