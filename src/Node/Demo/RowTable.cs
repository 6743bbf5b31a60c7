using System.Globalization;

namespace ActorPool.Node.Demo;

/// <summary>The table of the tutorial: four columns of random integers.</summary>
internal static class RowTable
{
    /// <summary>Makes rows of integers 0 to 99, the same ones for the same seed.</summary>
    public static Row[] CreateRandom(int count, int seed)
    {
        var random = new Random(seed);
        var rows = new Row[count];
        foreach (ref var row in rows.AsSpan())
            row = new Row(random.Next(100), random.Next(100), random.Next(100), random.Next(100));
        return rows;
    }

    /// <summary>Refuses a table that does not fit into memory.</summary>
    /// <remarks>An operating system that overcommits memory would kill the process without a message.</remarks>
    /// <exception cref="NodeException">The table does not fit.</exception>
    public static void CheckMemory(int count, long available)
    {
        // A row, its expected result and its measured one.
        const long RowBytes = 4 * sizeof(long) + 2 * sizeof(long);
        var needed = count * RowBytes;
        if (needed > available)
        {
            throw new NodeException(string.Create(CultureInfo.InvariantCulture,
                $"--rows is [{count}], which needs {needed >> 20:N0} MiB, "
                + $"but this process may use only {available >> 20:N0} MiB. Choose fewer rows."));
        }
    }
}
