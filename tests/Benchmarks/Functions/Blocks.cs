using System.Runtime.CompilerServices;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>W6's arrays: 256 arrays of 131,072 doubles, 1 MiB each.</summary>
/// <remarks>The values are whole numbers, so that sums are exact in any order.</remarks>
internal static class Blocks
{
    public const int Count = 256;
    public const int Length = 131_072;
    public const int Bytes = Length * sizeof(double);
    public const double MiB = 1024 * 1024;

    public static readonly Func<int, double[]> Make = [MethodImpl(MethodImplOptions.NoInlining)] static (first) =>
    {
        var block = new double[Length];
        Fill(block, first);
        return block;
    };

    public static readonly Func<double[], double> Sum = [MethodImpl(MethodImplOptions.NoInlining)] static (block) =>
    {
        var sum = 0.0;
        foreach (var value in block)
            sum += value;
        return sum;
    };

    public static void Fill(double[] block, int first)
    {
        for (var i = 0; i < block.Length; i++)
            block[i] = first + i;
    }

    /// <summary>Gets the expected <see cref="Sum"/> of the array that <see cref="Make"/> creates.</summary>
    public static double GetSum(int first) => Length * (first + ((Length - 1) / 2.0));
}
