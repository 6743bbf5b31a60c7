using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using ActorPool.Node.Demo;

namespace ActorPool.Node.Tests.Demo;

public sealed class SpeedupChartTests
{
    private const double FontSize = 15;

    /// <summary>Workers and speed-ups of the two curves.</summary>
    private static readonly Dictionary<string, (int Workers, double Speedup)[][]> s_data = new(StringComparer.Ordinal)
    {
        ["two workers"] = [[(1, 0.45), (2, 0.61)], [(1, 0.99), (2, 1.93)]],
        ["one point"] = [[(1, 1)], [(1, 1)]],
        ["one point that is slower"] = [[(1, 0.9)], [(1, 0.9)]],
        ["far slower"] = [[(1, 0.001), (2, 0.002)], [(1, 0.004), (2, 0.0001)]],
        ["a cluster's one pool"] = [[(7, 0.4)], [(7, 6.6)]],
        ["64 workers that help"] = [To64(n => n * 0.1), To64(n => n * 0.97)],
        ["64 workers on two processors"] = [To64(_ => 0.5), To64(n => Math.Min(n, 1.97))],
        ["more than ideal"] = [[(1, 1.4), (2, 3.5), (3, 7.25)], [(1, 1), (2, 2), (3, 3)]],
        ["a run of no time at all"] = [[(1, 3_000_000), (2, 1)], [(1, 1), (2, 2)]],
        ["1,000 workers"] = [[(1, 1), (1000, 1000)], [(1, 1), (1000, 512)]],
        ["a cluster of 1,600,000"] = [[(1_600_000, 2)], [(1_600_000, 1_234_567.8)]],
        ["curves on each other"] = [[(1, 1), (2, 1.5)], [(1, 1), (2, 1.5)]],
    };

    public static TheoryData<string> Data => [.. s_data.Keys];

    [Theory]
    [MemberData(nameof(Data))]
    public void Each_measured_point_is_at_its_pixel(string data)
    {
        var svg = Draw(s_data[data]);
        var (getX, getY) = Scales(svg);

        foreach (var (curve, work) in RowWork.All.Index())
        {
            var name = $"{work.Name} ({work.Kind}), ";
            var points = Find(svg, "circle").Where(circle => circle.Value.StartsWith(name, StringComparison.Ordinal)).ToList();
            Assert.Equal(s_data[data][curve].Length, points.Count);
            foreach (var ((workers, speedup), point) in s_data[data][curve].Zip(points))
            {
                Assert.Equal(getX(workers), Number(point, "cx"), tolerance: 0.02);
                Assert.Equal(getY(speedup), Number(point, "cy"), tolerance: 0.02);
                Assert.EndsWith(speedup.ToString("#,0.00", CultureInfo.InvariantCulture), point.Value, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Data))]
    public void Curves_go_through_their_points(string data)
    {
        var svg = Draw(s_data[data]);

        var lines = Find(svg, "polyline").Select(line => line.Attribute("points")!.Value.Split(' ')).ToList();

        var circles = Find(svg, "circle").Where(circle => circle.HasElements);
        var points = circles.Select(circle => $"{circle.Attribute("cx")!.Value},{circle.Attribute("cy")!.Value}");
        Assert.Equal(s_data[data].Where(curve => curve.Length > 1).Sum(curve => curve.Length), lines.Sum(line => line.Length));
        Assert.True(lines.SelectMany(line => line).All(points.Contains));
    }

    [Theory]
    [MemberData(nameof(Data))]
    public void The_ideal_line_is_where_the_speed_up_is_the_number_of_workers(string data)
    {
        var svg = Draw(s_data[data]);
        var (getX, getY) = Scales(svg);

        var ideal = Find(svg, "line").First(line => line.Attribute("stroke-dasharray") is not null);

        Assert.Equal((getX(0), getY(0)), (Number(ideal, "x1"), Number(ideal, "y1")));
        var end = (Number(ideal, "x2") - getX(0)) / (getX(1) - getX(0));
        Assert.InRange(end, 0.9, s_data[data].Max(curve => curve.Max(point => point.Workers)) * 1.001);
        Assert.Equal(getY(end), Number(ideal, "y2"), tolerance: 1);
    }

    [Theory]
    [MemberData(nameof(Data))]
    public void Texts_do_not_overlap(string data)
    {
        var boxes = Find(Draw(s_data[data]), "text").Select(text => (text.Value, Box: GetBox(text))).ToList();

        foreach (var (i, one) in boxes.Index())
            Assert.All(boxes.Skip(i + 1), other => Assert.False(one.Box.Overlaps(other.Box), $"[{one.Value}] and [{other.Value}]"));
    }

    [Theory]
    [MemberData(nameof(Data))]
    public void Nothing_is_outside_the_picture(string data)
    {
        var svg = Draw(s_data[data]);

        Assert.Equal("0 0 900 600", svg.Attribute("viewBox")!.Value);
        Box[] boxes =
        [
            .. Find(svg, "text").Select(GetBox),
            .. Find(svg, "circle").Select(circle => Box.Around(Number(circle, "cx"), Number(circle, "cy"), Number(circle, "r"))),
            .. Find(svg, "line").Select(line => Box.Around(Number(line, "x1"), Number(line, "y1"), 1)),
            .. Find(svg, "line").Select(line => Box.Around(Number(line, "x2"), Number(line, "y2"), 1)),
        ];
        Assert.All(boxes, box => Assert.True(box is { Left: >= 0, Top: >= 0, Right: <= 900, Bottom: <= 600 }, $"{box}"));
    }

    [Fact]
    public void It_has_a_title_and_describes_all_values_as_text()
    {
        var svg = Draw(s_data["two workers"]);

        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.Equal("title desc", svg.Attribute("aria-labelledby")!.Value);
        var first = svg.Elements().Take(2).Select(element => $"{element.Name.LocalName} {element.Attribute("id")!.Value}");
        Assert.Equal("title title, desc desc", string.Join(", ", first));
        Assert.Equal(
            "row sums (cheap): 1 worker 0.45, 2 workers 0.61. xorshift (CPU-bound): 1 worker 0.99, 2 workers 1.93.",
            svg.Elements().ElementAt(1).Value);
    }

    [Fact]
    public void The_ticks_are_round_numbers()
    {
        Assert.Equal(["0", "0.5", "1", "1.5", "2", "1", "2"], GetNumbers("two workers"), StringComparer.Ordinal);
        Assert.Equal(["0", "0.2", "0.4", "0.6", "0.8", "1", "1"], GetNumbers("one point that is slower"), StringComparer.Ordinal);
        Assert.Equal(
            ["5", "10", "15", "20", "25", "30", "35", "40", "45", "50", "55", "60", "65"],
            GetNumbers("64 workers that help")[^13..], StringComparer.Ordinal);

        static string[] GetNumbers(string data) => [.. TickLabels(Draw(s_data[data])).Select(text => text.Value)];
    }

    [Fact]
    public void Cultures_change_no_number()
    {
        var before = CultureInfo.CurrentCulture;
        var svg = Draw(s_data["two workers"]).ToString();
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal(svg, Draw(s_data["two workers"]).ToString());
            CultureInfo.CurrentCulture = new CultureInfo("ar-EG");
            Assert.Equal(svg, Draw(s_data["two workers"]).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static XElement Draw((int Workers, double Speedup)[][] data)
    {
        // So long that the clock's steps do not round the speed-up.
        var sequential = TimeSpan.FromDays(365);
        var document = new XDocument();
        using (var writer = document.CreateWriter())
            new SpeedupChart([.. RowWork.All.Zip(data, Measured)]).WriteTo(writer);
        // As a reader of the file sees it.
        return XDocument.Parse(document.ToString()).Root!;

        Times Took(double speedup) => new([sequential / speedup]);

        SpeedupMeasurement Measured(RowWork work, (int Workers, double Speedup)[] curve) =>
            new(work, 1, Took(1), [.. curve.Select(point => new PoolTimes(point.Workers, Took(point.Speedup)))]);
    }

    private static (int, double)[] To64(Func<int, double> getSpeedup) => [.. Enumerable.Range(1, 64).Select(n => (n, getSpeedup(n)))];

    /// <summary>Reads the scales from the axes and their labels, as a viewer does.</summary>
    private static (Func<double, double> X, Func<double, double> Y) Scales(XElement svg)
    {
        var labels = TickLabels(svg);
        var speedupLabels = labels.Where(text => text.Attribute("text-anchor")!.Value is "end").ToList();
        var (y0, yLast) = (speedupLabels.Single(text => text.Value is "0"), speedupLabels[^1]);
        var xLast = labels.Last(text => text.Attribute("text-anchor")!.Value is "middle");
        var origin = Find(svg, "line").Where(line => Number(line, "x1").Equals(Number(line, "x2"))).Min(line => Number(line, "x1"));
        return (
            workers => origin + workers * (Number(xLast, "x") - origin) / GetValue(xLast),
            speedup => Number(y0, "y") - FontSize * 0.35 + speedup * (Number(yLast, "y") - Number(y0, "y")) / GetValue(yLast));

        static double GetValue(XElement label) => double.Parse(label.Value, NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    private static List<XElement> TickLabels(XElement svg) =>
        [.. Find(svg, "text").Where(text => double.TryParse(text.Value, NumberStyles.Number, CultureInfo.InvariantCulture, out _))];

    private static IEnumerable<XElement> Find(XElement svg, string element) =>
        svg.Descendants().Where(one => one.Name.LocalName.Equals(element, StringComparison.Ordinal));

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    /// <summary>Estimates the place of a text in a wide font: 0.65 em per letter.</summary>
    private static Box GetBox(XElement text)
    {
        var size = text.Attribute("font-size") is null ? FontSize : Number(text, "font-size");
        var (x, y, width) = (Number(text, "x"), Number(text, "y"), text.Value.Length * size * 0.65);
        if (text.Attribute("transform") is not null)
            return new Box(x - size * 0.8, y - width / 2, x + size * 0.25, y + width / 2);
        var left = text.Attribute("text-anchor")!.Value switch { "start" => x, "middle" => x - width / 2, _ => x - width };
        return new Box(left, y - size * 0.8, left + width, y + size * 0.25);
    }

    private sealed record Box(double Left, double Top, double Right, double Bottom)
    {
        public static Box Around(double x, double y, double radius) => new(x - radius, y - radius, x + radius, y + radius);

        public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
    }
}
