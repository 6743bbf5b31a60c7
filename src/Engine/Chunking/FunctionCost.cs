namespace ActorPool.Chunking;

/// <summary>Remembers how long an item of a function takes, for its next job.</summary>
/// <remarks>
/// The estimate follows a slower item at once and faster ones little by little, so that a function with items of many lengths is taken for
/// a slow one: the price of a chunk too small is small.
/// </remarks>
internal sealed class FunctionCost
{
    private const int MinChunks = 8;
    private const double Decay = 1 / 8.0;

    private double _perItem;
    private int _chunks;
    private int _longest;

    /// <summary>Milliseconds of an item; null until some chunks were measured.</summary>
    public double? PerItem => _chunks < MinChunks ? null : _perItem;

    /// <summary>Items of the longest chunk that was measured.</summary>
    public int Longest => _longest;

    public void Record(int count, double perItem)
    {
        _perItem = perItem > _perItem ? perItem : _perItem + (Decay * (perItem - _perItem));
        _longest = Math.Max(_longest, count);
        _chunks = Math.Min(_chunks + 1, MinChunks);
    }
}
