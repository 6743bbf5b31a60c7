using System.Globalization;
using System.Xml;

namespace ActorPool.Node.Demo;

/// <summary>Draws the speed-ups over the number of workers as an SVG.</summary>
/// <remarks>It has axes, the ideal line, a curve for each kind of work, and a legend.</remarks>
internal sealed class SpeedupChart
{
    private const string Title = "Measured speed-up over a plain loop";
    private const string Ink = "#222222";
    private const string GridColour = "#E2E2E2";
    private const string IdealColour = "#777777";
    private const string IdealDashes = "7 5";
    private const double Width = 900;
    private const double Height = 600;
    private const double Margin = 24;
    private const double FontSize = 15;
    private const double TitleSize = 20;
    private const double Gap = 8;
    private const double LineWidth = 2.5;
    private const double DiscRadius = 4;
    private const double RingRadius = 6;
    private const int MaxWorkerTicks = 16;
    private const int MaxSpeedupTicks = 8;

    // Colours that people with any kind of colour blindness can tell apart (Okabe and Ito).
    private static readonly string[] s_colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"];

    private readonly IReadOnlyList<SpeedupMeasurement> _measured;
    private readonly ChartLegend _legend;
    private readonly ChartAxis _workers;
    private readonly ChartAxis _speedups;
    private readonly int _maxWorkers;

    /// <param name="measured">At least one, each with at least one pool.</param>
    public SpeedupChart(IReadOnlyList<SpeedupMeasurement> measured)
    {
        _measured = measured;
        _maxWorkers = measured.Max(one => one.Pools.Max(pool => pool.Workers));
        _legend = new ChartLegend(["ideal", .. measured.Select(GetName)], Width - 2 * Margin, FontSize);

        var highest = GetLimit(measured.Max(one => one.Pools.Max(one.GetSpeedup)), _maxWorkers);
        var step = ChartAxis.ChooseStep(highest, MaxSpeedupTicks, minStep: 0);
        var below = 2 * (Gap + FontSize) + Gap + _legend.Height + Margin;
        _speedups = new ChartAxis(highest, step, Origin: Height - below, End: Margin + TitleSize + 2 * Gap);

        var tickWidth = _speedups.Ticks.Max(tick => ChartText.MeasureWidth(ChartAxis.FormatValue(tick), FontSize));
        var beside = Margin + FontSize + 2 * Gap + tickWidth;
        var last = _maxWorkers + Math.Max(0.25, _maxWorkers * 0.03); // some space after the last point
        var room = (Width - Margin - beside) / (ChartText.MeasureWidth(ChartAxis.FormatValue(Math.Ceiling(last)), FontSize) + 2 * Gap);
        step = ChartAxis.ChooseStep(last, Math.Min(MaxWorkerTicks, (int)room), minStep: 1);
        _workers = new ChartAxis(last, step, Origin: beside, End: Width - Margin);
    }

    /// <summary>Writes the picture.</summary>
    public void WriteTo(XmlWriter writer)
    {
        using var svg = new SvgWriter(
            writer, Width, Height, Title, Describe(), ("font-family", "sans-serif"), ("font-size", FontSize), ("fill", Ink));
        svg.WriteText(Title, (GetMiddle(_workers), Margin + TitleSize * 0.8), "middle", ("font-size", TitleSize));
        WriteAxes(svg);
        WriteIdeal(svg);
        foreach (var (curve, one) in _measured.Index().Reverse())
            WriteCurve(svg, one, curve);
        WriteLegend(svg);
    }

    /// <summary>Gets the top of the speed-up axis.</summary>
    /// <remarks>
    /// High enough for all measured speed-ups, and for as much of the ideal line as possible without making the curves flat.
    /// </remarks>
    private static double GetLimit(double fastest, int maxWorkers) =>
        Math.Max(1.1, Math.Max(fastest * 1.1, Math.Min(maxWorkers * 1.1, fastest * 2)));

    private static double GetMiddle(ChartAxis axis) => (axis.Origin + axis.End) / 2;

    private static string GetName(SpeedupMeasurement measurement) => $"{measurement.Work.Name} ({measurement.Work.Kind})";

    private static string FormatSpeedup(double speedup) => speedup.ToString("#,0.00", CultureInfo.InvariantCulture);

    private static string GetColour(int curve) => s_colours[curve % s_colours.Length];

    /// <summary>Writes a disc, or a ring for every second curve.</summary>
    /// <remarks>So curves differ not only in colour, and a disc fits into a ring at the same place.</remarks>
    private static void WritePoint(SvgWriter svg, (double, double) at, int curve, string? tip)
    {
        if (curve % 2 == 0)
            svg.WriteCircle(at, DiscRadius, GetColour(curve), GetColour(curve), tip);
        else
            svg.WriteCircle(at, RingRadius, "white", GetColour(curve), tip);
    }

    private void WriteAxes(SvgWriter svg)
    {
        var origin = (X: _workers.Origin, Y: _speedups.Origin);
        foreach (var tick in _speedups.Ticks.Prepend(0))
        {
            var y = _speedups.GetPixel(tick);
            svg.WriteLine((origin.X, y), (_workers.End, y), GridColour, 1);
            svg.WriteText(ChartAxis.FormatValue(tick), (origin.X - Gap, y + FontSize * ChartText.HalfHeight), "end");
        }
        foreach (var tick in _workers.Ticks)
        {
            var x = _workers.GetPixel(tick);
            svg.WriteLine((x, origin.Y), (x, origin.Y + Gap / 2), Ink, 1);
            svg.WriteText(ChartAxis.FormatValue(tick), (x, origin.Y + Gap + FontSize), "middle");
        }
        svg.WriteLine(origin, (_workers.End, origin.Y), Ink, 1.5);
        svg.WriteLine(origin, (origin.X, _speedups.End), Ink, 1.5);
        svg.WriteText("workers", (GetMiddle(_workers), origin.Y + 2 * (Gap + FontSize)), "middle");
        svg.WriteTextUpwards("speed-up", (Margin + FontSize * 0.8, GetMiddle(_speedups)));
    }

    /// <summary>Writes the line on which the speed-up equals the number of workers.</summary>
    /// <remarks>It ends at the limit of the axis.</remarks>
    private void WriteIdeal(SvgWriter svg)
    {
        var end = Math.Min(_maxWorkers, _speedups.Limit);
        var (from, to) = ((_workers.Origin, _speedups.Origin), (_workers.GetPixel(end), _speedups.GetPixel(end)));
        svg.WriteLine(from, to, IdealColour, 2, ("stroke-dasharray", IdealDashes));
    }

    private void WriteCurve(SvgWriter svg, SpeedupMeasurement one, int curve)
    {
        var points = one.Pools.Select(pool => (X: _workers.GetPixel(pool.Workers), Y: _speedups.GetPixel(one.GetSpeedup(pool)))).ToList();
        if (points.Count > 1)
            svg.WritePolyline(points, GetColour(curve), LineWidth);
        foreach (var (point, pool) in points.Zip(one.Pools))
            WritePoint(svg, point, curve, $"{GetName(one)}, {pool.Name}: {FormatSpeedup(one.GetSpeedup(pool))}");
    }

    private void WriteLegend(SvgWriter svg)
    {
        foreach (var (i, (name, sample, text)) in _legend.GetPlaces(Width / 2, Height - Margin - _legend.Height).Index())
        {
            var end = (sample.X + ChartLegend.SampleWidth, sample.Y);
            if (i == 0)
                svg.WriteLine(sample, end, IdealColour, 2, ("stroke-dasharray", IdealDashes));
            else
            {
                svg.WriteLine(sample, end, GetColour(i - 1), LineWidth);
                WritePoint(svg, (sample.X + ChartLegend.SampleWidth / 2, sample.Y), i - 1, tip: null);
            }
            svg.WriteText(name, text, "start");
        }
    }

    /// <summary>Lists all measured values for readers who do not see the picture.</summary>
    private string Describe() => string.Join(' ', _measured.Select(one =>
        $"{GetName(one)}: {string.Join(", ", one.Pools.Select(pool => $"{pool.Name} {FormatSpeedup(one.GetSpeedup(pool))}"))}."));
}
