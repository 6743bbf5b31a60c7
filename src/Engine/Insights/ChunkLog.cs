namespace ActorPool.Insights;

/// <summary>Keeps the newest chunks of a job, in the order in which they came back.</summary>
/// <remarks>In blocks, so that a chunk takes no more memory than it needs: a list that doubles would take twice as much.</remarks>
internal sealed class ChunkLog
{
    public const int MaxChunks = 2000;

    private const int BlockSize = 50;
    private const int FirstSize = 4; // most jobs have few chunks

    private readonly List<KeptChunk[]> _blocks = new(1);
    private int _count;
    private int _oldest;

    /// <summary>Adds a chunk.</summary>
    /// <returns>The oldest one, if it had to give way.</returns>
    public KeptChunk? Add(KeptChunk chunk)
    {
        if (_count == MaxChunks)
        {
            ref var place = ref _blocks[_oldest / BlockSize][_oldest % BlockSize];
            var oldest = place;
            place = chunk;
            _oldest = (_oldest + 1) % MaxChunks;
            return oldest;
        }
        var (block, index) = (_count / BlockSize, _count % BlockSize);
        if (block == _blocks.Count)
            _blocks.Add(new KeptChunk[block == 0 ? FirstSize : BlockSize]);
        var chunks = _blocks[block];
        if (index == chunks.Length)
        {
            Array.Resize(ref chunks, Math.Min(BlockSize, 2 * chunks.Length));
            _blocks[block] = chunks;
        }
        chunks[index] = chunk;
        _count++;
        return null;
    }

    public IEnumerable<KeptChunk> Read()
    {
        for (var i = 0; i < _count; i++)
        {
            var place = (_oldest + i) % MaxChunks;
            yield return _blocks[place / BlockSize][place % BlockSize];
        }
    }
}
