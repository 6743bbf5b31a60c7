using ActorPool.Chunking;

namespace ActorPool.Coordination;

/// <summary>The chunks of one job that are to be run again, the oldest first.</summary>
/// <remarks>
/// A chunk that avoids a worker must not stand in the way of those behind it. So chunks of one kind form a group, and a worker looks at the
/// oldest chunk of each group: there are at most as many groups as workers and charges, and nearly always one or two.
/// </remarks>
internal sealed class RequeuedChunks
{
    private readonly Dictionary<(int Avoid, int Losses), LinkedList<RequeuedChunk>> _groups = [];
    private long _added;

    public int Count { get; private set; }

    /// <summary>The charges of the chunk with the fewest; <see cref="int.MaxValue"/> without a chunk.</summary>
    public int FewestLosses => Count == 0 ? int.MaxValue : _groups.Keys.Min(group => group.Losses);

    /// <summary>Whether a chunk has at least this many charges.</summary>
    public bool HasSuspect(int losses) => Count > 0 && _groups.Keys.Any(group => group.Losses >= losses);

    public void Add(RequeuedChunk chunk) => GetGroup(chunk).AddLast(chunk with { Number = ++_added });

    /// <summary>Adds what remains of a chunk that was taken: it keeps its place.</summary>
    public void PutBack(RequeuedChunk rest) => GetGroup(rest).AddFirst(rest);

    /// <summary>Takes the oldest chunk that a worker may get; null if there is none.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="avoidFailedWorker">Whether to leave chunks that this worker has failed at to another one.</param>
    /// <param name="maxLosses">Charges that the chunk may have.</param>
    public RequeuedChunk? Take(int worker, bool avoidFailedWorker, int maxLosses)
    {
        LinkedList<RequeuedChunk>? oldest = null;
        foreach (var ((avoid, losses), group) in _groups)
        {
            if ((avoidFailedWorker && avoid == worker) || losses > maxLosses)
                continue;
            if (oldest is null || group.First!.Value.Number < oldest.First!.Value.Number)
                oldest = group;
        }
        if (oldest is null)
            return null;
        var chunk = oldest.First!.Value;
        oldest.RemoveFirst();
        if (oldest.Count == 0)
            _groups.Remove((chunk.Avoid, chunk.Losses));
        Count--;
        return chunk;
    }

    private LinkedList<RequeuedChunk> GetGroup(RequeuedChunk chunk)
    {
        Count++;
        if (!_groups.TryGetValue((chunk.Avoid, chunk.Losses), out var group))
            _groups.Add((chunk.Avoid, chunk.Losses), group = []);
        return group;
    }
}

/// <summary>A chunk that is to be run again.</summary>
/// <param name="Chunk">The items.</param>
/// <param name="Attempt">Which attempt it will be.</param>
/// <param name="Losses">Charges that each of its items has.</param>
/// <param name="Avoid">The worker that failed at it; -1: none.</param>
internal sealed record RequeuedChunk(Chunk Chunk, int Attempt, int Losses, int Avoid)
{
    /// <summary>Its place in the order in which chunks came back.</summary>
    public long Number { get; init; }
}
