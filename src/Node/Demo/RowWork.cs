namespace ActorPool.Node.Demo;

/// <summary>Fills results[i] from rows[i], for all i, in a plain loop.</summary>
internal delegate void RowLoop(ReadOnlySpan<Row> rows, Span<long> results);

/// <summary>A function of a row, as the pool gets it and as the plain loop that one would write without a pool.</summary>
/// <param name="Name">A short name, for the progress bar and the plot: a line of 80 columns has room for it.</param>
/// <param name="Kind">What its time goes into, in a word or two.</param>
/// <param name="Title">What it does, and what to expect of it.</param>
/// <param name="Function">The function that the pool maps.</param>
/// <param name="Loop">The same, sequentially.</param>
internal sealed record RowWork(string Name, string Kind, string Title, Func<Row, long> Function, RowLoop Loop)
{
    /// <summary>Rounds of <see cref="Scramble"/>, a microsecond or two: about two seconds for the million rows.</summary>
    private const int Rounds = 1000;

    public static RowWork Sums { get; } = new(
        "row sums",
        "cheap",
        "Row sums, as in the tutorial. Cheap: four additions a row are done before a pool could help, so this says little about one.",
        Sum,
        static (rows, results) =>
        {
            for (var i = 0; i < rows.Length; i++)
                results[i] = Sum(rows[i]);
        });

    public static RowWork Scrambles { get; } = new(
        "xorshift",
        "CPU-bound",
        "1,000 rounds of xorshift on each row. Bound by the processor: here workers should pay, up to the number of processors.",
        Scramble,
        static (rows, results) =>
        {
            for (var i = 0; i < rows.Length; i++)
                results[i] = Scramble(rows[i]);
        });

    public static IReadOnlyList<RowWork> All { get; } = [Sums, Scrambles];

    private static long Sum(Row row) => row.A + row.B + row.C + row.D;

    /// <summary>Marsaglia's xorshift, 13-7-17, from a state that the row gives and that is not 0.</summary>
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
