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
        table.AddRow([.. Cells("a plain loop", measured.Rows, measured.Sequential), "1.00"]);
        foreach (var pool in measured.Pools)
            table.AddRow([.. Cells(pool.Name, measured.Rows, pool.Times), Number(measured.Speedup(pool), "N2")]);
        output.WriteLine();
        output.WriteLine(measured.Work.Title);
        output.Write(table);
    }

    private static string[] Cells(string name, int rows, Times times) =>
    [
        name,
        Number(times.Median.TotalMilliseconds, "N2"),
        Number(times.Shortest.TotalMilliseconds, "N2"),
        Number(times.Longest.TotalMilliseconds, "N2"),
        Number(rows / times.Median.TotalSeconds, "N0"),
    ];

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
