namespace ActorPool.Gathering;

/// <summary>Restores the order of pieces that arrive in any order, and drops repeated ones.</summary>
/// <remarks>Holds the pieces after a gap. If the job has a window, it bounds how many that can be.</remarks>
internal sealed class ReorderBuffer<T>
{
    private readonly Dictionary<long, (int Count, T Piece)> _waiting = [];

    /// <summary>Position of the first item that has not been taken.</summary>
    public long Next { get; private set; }

    /// <summary>Pieces that are held back after a gap.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Adds the <paramref name="count"/> items from <paramref name="start"/> on; false when it has them already.</summary>
    public bool Add(long start, int count, T piece) => start >= Next && _waiting.TryAdd(start, (count, piece));

    /// <summary>Takes the next piece in order, if it has arrived.</summary>
    public bool TryTake(out T piece)
    {
        if (!_waiting.Remove(Next, out var found))
        {
            piece = default!;
            return false;
        }
        Next += found.Count;
        piece = found.Piece;
        return true;
    }
}
