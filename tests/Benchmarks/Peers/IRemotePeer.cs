namespace ActorPool.Benchmarks.Peers;

/// <summary>Another process that works on what it is sent, a message each; written by hand for each framework.</summary>
internal interface IRemotePeer : IAsyncDisposable
{
    Task<long[]> SquareAsync(int[] numbers);
    Task<double> SumAsync(double[] block);
    Task<double[]> MakeAsync(int first);
    Task<int> EchoAsync(int number);
}

/// <summary>Cuts workloads into messages for a peer and keeps a few of them under way: as many as serve it best.</summary>
internal static class RemotePeers
{
    private const int ChunkLength = 100_000;
    private const int UnderWay = 6;

    private static readonly ParallelOptions s_window = new() { MaxDegreeOfParallelism = UnderWay };

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
