using System.Globalization;
using Spectre.Console;

namespace ActorPool.Node.Demo;

/// <summary>Writes times and speed-ups as a table.</summary>
internal static class SpeedupTable
{
    public static void Write(IAnsiConsole output, SpeedupMeasurement measured)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(new TableColumn("run by").NoWrap());
        foreach (var heading in new[] { "median, ms", "shortest", "longest", "rows/s", "speed-up" })
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
        table.AddRow([.. CreateCells("a plain loop", measured.Rows, measured.Sequential), "1.00"]);
        foreach (var pool in measured.Pools)
            table.AddRow([.. CreateCells(pool.Name, measured.Rows, pool.Times), FormatNumber(measured.GetSpeedup(pool), "N2")]);
        output.WriteLine();
        output.WriteLine(measured.Work.Title);
        output.Write(table);
    }

    private static string[] CreateCells(string name, int rows, Times times) =>
    [
        name,
        FormatNumber(times.Median.TotalMilliseconds, "N2"),
        FormatNumber(times.Min.TotalMilliseconds, "N2"),
        FormatNumber(times.Max.TotalMilliseconds, "N2"),
        FormatNumber(rows / times.Median.TotalSeconds, "N0"),
    ];

    private static string FormatNumber(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
