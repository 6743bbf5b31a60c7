namespace ActorPool.Benchmarks.Peers;

/// <summary>Cuts workloads into messages for a peer, and keeps a few of them in flight.</summary>
internal static class RemotePeers
{
    private const int ChunkLength = 100_000;
    private const int InFlight = 6; // with this number the peers are fastest

    private static readonly ParallelOptions s_window = new() { MaxDegreeOfParallelism = InFlight };

    public static Task SquaresAsync(this IRemotePeer peer, int[] inputs, long[] results) =>
        Parallel.ForAsync(0, (inputs.Length + ChunkLength - 1) / ChunkLength, s_window, async (chunk, _) =>
        {
            var from = chunk * ChunkLength;
            var squares = await peer.SquareAsync(inputs[from..Math.Min(inputs.Length, from + ChunkLength)]);
            squares.CopyTo(results, from);
        });

    public static async Task<double[]> SumsAsync(this IRemotePeer peer, double[][] blocks)
    {
        var sums = new double[blocks.Length];
        await Parallel.ForAsync(0, blocks.Length, s_window, async (k, _) => sums[k] = await peer.SumAsync(blocks[k]));
        return sums;
    }

    public static async Task<double[][]> BlocksAsync(this IRemotePeer peer, int count)
    {
        var blocks = new double[count][];
        await Parallel.ForAsync(0, count, s_window, async (k, _) => blocks[k] = await peer.MakeAsync(k));
        return blocks;
    }
}
