using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Observing;

/// <summary>A column of the live view.</summary>
/// <remarks>Its width is fixed, so that nothing moves from second to second.</remarks>
/// <param name="Title">Its title.</param>
/// <param name="Width">Its columns of the terminal.</param>
/// <param name="Read">What it shows.</param>
/// <param name="IsRight">Whether it is aligned to the right, as numbers are.</param>
/// <param name="GetColor">Its color; null for the usual one.</param>
internal sealed record TopColumn<T>(string Title, int Width, Func<T, string> Read, bool IsRight = false, Func<T, Color?>? GetColor = null)
{
    private const int Gap = 2;

    /// <summary>Draws the columns and rows that fit.</summary>
    public static IEnumerable<IRenderable> Draw(IReadOnlyList<TopColumn<T>> columns, IReadOnlyList<T> items, int width, int rows)
    {
        var fitting = 1;
        var used = columns[0].Width;
        while (fitting < columns.Count && used + Gap + columns[fitting].Width <= width)
            used += Gap + columns[fitting++].Width;
        var shown = columns.Take(fitting).ToList();
        var grid = new Grid();
        foreach (var column in shown)
        {
            grid.AddColumn(new GridColumn
            {
                Width = Math.Min(column.Width, width),
                NoWrap = true,
                Padding = new Padding(0, 0, column == shown[^1] ? 0 : Gap, 0),
                Alignment = column.IsRight ? Justify.Right : Justify.Left,
            });
        }
        grid.AddRow([.. shown.Select(column => (IRenderable)ReportTables.Line(column.Title, column.Width, Color.Grey))]);
        // The last row says what is missing.
        var room = Math.Max(1, rows - 1);
        var drawn = items.Count <= room ? items.Count : Math.Max(1, room - 1);
        foreach (var item in items.Take(drawn))
        {
            grid.AddRow([.. shown.Select(column =>
                (IRenderable)ReportTables.Line(column.Read(item), column.Width, column.GetColor?.Invoke(item)))]);
        }
        yield return grid;
        if (drawn < items.Count)
            yield return ReportTables.Line($"and {items.Count - drawn} more", width, Color.Grey);
    }
}
