namespace ActorPool.Benchmarks.Workloads;

/// <summary>Checks W6's results, outside the measured time.</summary>
internal static class BlockChecks
{
    public static void CheckSums(string contender, IReadOnlyList<double> sums)
    {
        for (var k = 0; k < Blocks.Count; k++)
        {
            if (sums[k] != Blocks.GetSum(k))
                throw new WrongResultException($"{contender}: the sum of array {k} is {sums[k]}, not {Blocks.GetSum(k)}.");
        }
    }

    public static void CheckBlocks(string contender, IReadOnlyList<double[]> blocks)
    {
        for (var k = 0; k < Blocks.Count; k++)
        {
            for (var i = 0; i < Blocks.Length; i++)
            {
                if (blocks[k][i] != k + i)
                    throw new WrongResultException($"{contender}: element {i} of array {k} is {blocks[k][i]}, not {k + i}.");
            }
        }
    }
}
