using ScottPlot;

namespace ActorPool.Node.Demo;

/// <summary>Draws the speed-ups over the number of workers, beside the ideal line.</summary>
internal static class SpeedupPlot
{
    private const int Width = 900;
    private const int Height = 600;

    /// <summary>Says whether the path's extension is one that can be written.</summary>
    public static bool IsSupported(string path) => IsSvg(path) || Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds out whether the file can be written, and leaves things as they were.</summary>
    /// <exception cref="NodeException">It cannot.</exception>
    public static void CheckWritable(FileInfo file)
    {
        try
        {
            var existed = file.Exists;
            file.Open(FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            if (!existed)
                file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(file, e);
        }
    }

    /// <summary>Draws and writes the file, in the format of its extension.</summary>
    /// <exception cref="NodeException">The file cannot be written.</exception>
    public static void Save(FileInfo file, IReadOnlyList<SpeedupMeasurement> measured)
    {
        using var plot = Draw(measured);
        try
        {
            if (IsSvg(file.Name))
                File.WriteAllText(file.FullName, plot.GetSvgXml(Width, Height));
            else
                File.WriteAllBytes(file.FullName, plot.GetImageBytes(Width, Height, ImageFormat.Png));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(file, e);
        }
    }

    private static Plot Draw(IReadOnlyList<SpeedupMeasurement> measured)
    {
        var most = measured.Max(one => one.Pools.Max(pool => pool.Workers));
        int[] ends = [1, most];
        var plot = new Plot();
        plot.Title("Measured speed-up over a plain loop");
        plot.XLabel("workers");
        plot.YLabel("speed-up");

        var ideal = plot.Add.Scatter(ends, ends);
        ideal.LegendText = "ideal";
        ideal.LinePattern = LinePattern.DenselyDashed;
        ideal.LineWidth = 2;
        ideal.Color = Colors.Gray;
        ideal.MarkerSize = 0;
        foreach (var one in measured)
        {
            var curve = plot.Add.Scatter(one.Pools.Select(pool => pool.Workers).ToArray(), one.Pools.Select(one.Speedup).ToArray());
            curve.LegendText = $"{one.Work.Name} ({one.Work.Kind})";
            curve.LineWidth = 2;
            curve.MarkerSize = 8;
        }

        // Ticks whose width the layout underestimates otherwise, so that they run into the axis's label.
        plot.Axes.Left.MinimumSize = 60;
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { TickDensity = 0.5 };
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        var highest = Math.Max(most, measured.Max(one => one.Pools.Max(one.Speedup)));
        plot.Axes.SetLimits(0.5, most + 0.5, 0, highest * 1.15);
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.ShowLegend(Edge.Bottom);
        plot.Font.Set(Fonts.Sans);
        return plot;
    }

    private static bool IsSvg(string path) => Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase);

    private static NodeException CannotWrite(FileInfo file, Exception reason) =>
        new($"--plot is [{file}], which cannot be written: {reason.Message} Choose a file in a folder that exists and that you may write to.", reason);
}
