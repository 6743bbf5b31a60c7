using System.Runtime.CompilerServices;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>The functions of the workloads; no two have the same input and result types.</summary>
/// <remarks>
/// The just-in-time compiler observes which function a loop has called so far, and inlines that one behind a check. With one function for
/// each pair of types, this does not favour the first workload. The functions are not inlined, since there should be one call for each
/// item, except where a workload says so.
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

    /// <summary>Runs the given number of rounds of xorshift64; 50,000 take about 100 µs.</summary>
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
