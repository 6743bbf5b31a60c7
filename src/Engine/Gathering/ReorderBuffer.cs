namespace ActorPool.Gathering;

/// <summary>Restores the order of pieces that arrive in any order, and drops those that have come before.</summary>
/// <remarks>Holds what lies behind a gap; how much that can be is bounded by the window of the job that fills it.</remarks>
internal sealed class ReorderBuffer<T>
{
    private readonly Dictionary<long, (int Count, T Piece)> _waiting = [];

    /// <summary>Position of the first item that has not been taken.</summary>
    public long Next { get; private set; }

    /// <summary>Pieces that are held back behind a gap.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Puts in the piece of <paramref name="count"/> items from <paramref name="start"/> on; false when it was there before.</summary>
    public bool Add(long start, int count, T piece) => start >= Next && _waiting.TryAdd(start, (count, piece));

    /// <summary>Takes the next piece in order, when it is there.</summary>
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
