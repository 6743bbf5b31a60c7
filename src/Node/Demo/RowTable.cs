using System.Globalization;

namespace ActorPool.Node.Demo;

/// <summary>The table of the tutorial: four columns of random integers.</summary>
internal static class RowTable
{
    /// <summary>Makes n rows of integers 0 to 99, the same ones for the same seed.</summary>
    public static Row[] Random(int count, int seed)
    {
        var random = new Random(seed);
        var rows = new Row[count];
        foreach (ref var row in rows.AsSpan())
            row = new Row(random.Next(100), random.Next(100), random.Next(100), random.Next(100));
        return rows;
    }

    /// <summary>Refuses a table that cannot fit, before an operating system that overcommits kills the process without a word.</summary>
    public static void CheckMemory(int count, long available)
    {
        // A row, its expected result and its measured one.
        const long BytesARow = 4 * sizeof(long) + 2 * sizeof(long);
        var needed = count * BytesARow;
        if (needed > available)
        {
            throw new NodeException(string.Create(CultureInfo.InvariantCulture,
                $"--rows is [{count}], which needs {needed >> 20:N0} MiB, and this process may use {available >> 20:N0} MiB. Choose fewer rows."));
        }
    }
}
