namespace ActorPool.Node.Demo;

/// <summary>Computes results[i] from rows[i], for all i, in a plain loop.</summary>
internal delegate void RowLoop(ReadOnlySpan<Row> rows, Span<long> results);

/// <summary>A function of a row, for the pool and as a plain loop without one.</summary>
/// <param name="Name">A name for the progress bar and the plot, short enough for a line of 80 columns.</param>
/// <param name="Kind">What limits its speed, in a word or two.</param>
/// <param name="Title">What it does, and which speed-up to expect.</param>
/// <param name="Function">The function that the pool maps.</param>
/// <param name="Loop">The same, sequentially.</param>
internal sealed record RowWork(string Name, string Kind, string Title, Func<Row, long> Function, RowLoop Loop)
{
    /// <summary>Rounds of <see cref="Scramble"/>.</summary>
    /// <remarks>They take a microsecond or two a row, about two seconds for a million rows.</remarks>
    private const int Rounds = 1000;

    public static RowWork Sums { get; } = new(
        "row sums",
        "cheap",
        "Row sums, as in the tutorial. Cheap: four additions a row end before a pool could help, so this says little about pools.",
        Sum,
        static (rows, results) =>
        {
            for (var i = 0; i < rows.Length; i++)
                results[i] = Sum(rows[i]);
        });

    public static RowWork Scrambles { get; } = new(
        "xorshift",
        "CPU-bound",
        "1,000 rounds of xorshift on each row. Bound by the processor: more workers should help, up to the number of processors.",
        Scramble,
        static (rows, results) =>
        {
            for (var i = 0; i < rows.Length; i++)
                results[i] = Scramble(rows[i]);
        });

    public static IReadOnlyList<RowWork> All { get; } = [Sums, Scrambles];

    private static long Sum(Row row) => row.A + row.B + row.C + row.D;

    /// <summary>Computes Marsaglia's xorshift, 13-7-17, from the row's state, which is not 0.</summary>
    private static long Scramble(Row row)
    {
        var x = (ulong)(1 + row.A + 100 * (row.B + 100 * (row.C + 100 * row.D)));
        for (var round = 0; round < Rounds; round++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        return (long)x;
    }
}
