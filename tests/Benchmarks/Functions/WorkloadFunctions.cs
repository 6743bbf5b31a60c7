using System.Runtime.CompilerServices;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>The functions that the workloads apply, each for input and result types of its own.</summary>
/// <remarks>
/// The just-in-time compiler looks which function a loop has called so far and pastes it in behind a check. Hence one function for each pair
/// of types, or the first workload would be favoured; and no inlining, or "a call a function an item" would be none, except where that is asked.
/// </remarks>
internal static class WorkloadFunctions
{
    public static readonly Func<int, long> Square = [MethodImpl(MethodImplOptions.NoInlining)] static (x) => (long)x * x;
    public static readonly Func<uint, long> InlinedSquare = static x => (long)x * x;

    public static readonly Func<long[], long> RowSum = [MethodImpl(MethodImplOptions.NoInlining)] static (row) =>
    {
        var sum = 0L;
        foreach (var value in row)
            sum += value;
        return sum;
    };

    public static readonly Func<int, int> Identity = [MethodImpl(MethodImplOptions.NoInlining)] static (x) => x;

    /// <summary>As many rounds of xorshift64 as the input says; 50,000 take about 100 µs.</summary>
    public static readonly Func<int, ulong> Spin = static rounds => Xorshift(rounds);

    public static ulong Xorshift(int rounds)
    {
        var x = 88172645463325252UL;
        for (var i = 0; i < rounds; i++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        return x;
    }
}
