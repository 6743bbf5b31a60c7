using ActorPool.Jobs;
using ActorPool.Processes;

namespace ActorPool.Client;

/// <summary>Finds which item a worker process runs.</summary>
/// <remarks>The process's note has the chunk and the position. Any thread may ask, until the note is disposed of.</remarks>
internal sealed class RunningItemFinder(WorkNote note)
{
    private ClientConnection? _connection;

    public WorkNote Note => note;

    /// <summary>The connection to the process; null before there is one.</summary>
    public ClientConnection? Connection
    {
        get => Volatile.Read(ref _connection);
        set => Volatile.Write(ref _connection, value);
    }

    /// <summary>Returns the item; null if none runs.</summary>
    public RunningItem? Find()
    {
        if (Connection?.FindLease(note.Chunk) is not { } lease)
            return null;
        var offset = lease.Job.ChunkIsItem ? 0 : Math.Clamp(note.Position, 0, lease.Chunk.Count - 1);
        return new RunningItem(lease.Job.Name, lease.Chunk.Start + offset);
    }
}
