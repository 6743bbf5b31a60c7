namespace ActorPool.Node.Demo;

/// <summary>Places the names of curves below a chart, in as few rows as possible.</summary>
internal sealed class ChartLegend
{
    /// <summary>The length of the line before each name.</summary>
    public const double SampleWidth = 36;

    private const double RowHeight = 24;
    private const double Space = 28;

    private readonly List<(string Name, double Left, int Row, double Width)> _entries = [];
    private readonly double _fontSize;

    /// <param name="names">The names, in order.</param>
    /// <param name="width">The maximum width of a row; a single wider name exceeds it.</param>
    /// <param name="fontSize">The font's size in pixels.</param>
    public ChartLegend(IEnumerable<string> names, double width, double fontSize)
    {
        _fontSize = fontSize;
        var (left, row) = (0.0, 0);
        foreach (var name in names)
        {
            var needed = TextOffset + ChartText.MeasureWidth(name, fontSize);
            if (left > 0 && left + needed > width)
                (left, row) = (0, row + 1);
            _entries.Add((name, left, row, needed));
            left += needed + Space;
        }
    }

    /// <summary>The height of all rows together.</summary>
    public double Height => (_entries[^1].Row + 1) * RowHeight;

    private double TextOffset => SampleWidth + _fontSize / 2;

    /// <summary>Gets the left end of each name's line and the start of its text.</summary>
    /// <param name="centre">The horizontal centre of the rows.</param>
    /// <param name="top">The top of the first row.</param>
    public IEnumerable<(string Name, (double X, double Y) Sample, (double X, double Y) Text)> GetPlaces(double centre, double top)
    {
        foreach (var (name, left, row, _) in _entries)
        {
            var rowWidth = _entries.Where(entry => entry.Row == row).Max(entry => entry.Left + entry.Width);
            var (x, y) = (centre - rowWidth / 2 + left, top + (row + 0.5) * RowHeight);
            yield return (name, (x, y), (x + TextOffset, y + _fontSize * ChartText.HalfHeight));
        }
    }
}
