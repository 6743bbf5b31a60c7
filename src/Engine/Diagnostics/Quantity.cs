namespace ActorPool.Diagnostics;

/// <summary>What <see cref="Instruments"/> observes of a pool or a node.</summary>
internal enum Quantity
{
    // Sums since the start: what an ended pool has counted stays in the sum of its series.
    ItemsCompleted,
    ItemsFailed,
    ItemsRetried,
    ItemsHandedBack,
    Chunks,
    WorkersLost,
    NodesLost,
    BytesSent,
    BytesReceived,

    // Present values.
    JobsRunning,
    JobsWaiting,
    ChunksInFlight,
    WorkersBusy,
    WorkersIdle,
    Nodes,
    Processes,
    Sessions,
}
