using System.Xml.Linq;
using ActorPool.Node.Demo;

namespace ActorPool.Node.Tests.Demo;

public sealed class SpeedupPlotTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plot");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("a.svg", true)]
    [InlineData("a.b/c.SVG", true)]
    [InlineData("a.png", false)]
    [InlineData("a.jpg", false)]
    [InlineData("svg", false)]
    [InlineData("", false)]
    public void Only_svg_is_supported(string path, bool supported) => Assert.Equal(supported, SpeedupPlot.IsSupported(path));

    [Fact]
    public void Both_curves_the_ideal_line_and_the_axes_are_named()
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, "a.svg"));
        PoolTimes[] pools = [new(1, new Times([TimeSpan.FromSeconds(2)])), new(2, new Times([TimeSpan.FromSeconds(1)]))];

        SpeedupPlot.Save(file, [.. RowWork.All.Select(work => new SpeedupMeasurement(work, 1, pools[0].Times, pools))]);

        var elements = XDocument.Load(file.FullName).Descendants().Where(e => e.Name.LocalName.Equals("text", StringComparison.Ordinal));
        var texts = elements.Select(e => e.Value.Trim()).ToList();
        Assert.All(
            ["ideal", "row sums (cheap)", "xorshift (CPU-bound)", "workers", "speed-up"],
            text => Assert.Contains(text, texts, StringComparer.Ordinal));
    }

    [Fact]
    public void Checking_whether_a_file_can_be_written_leaves_no_new_file_and_does_not_change_an_old_one()
    {
        var absent = new FileInfo(Path.Combine(_folder.FullName, "absent.svg"));
        var old = new FileInfo(Path.Combine(_folder.FullName, "old.svg"));
        File.WriteAllText(old.FullName, "old");

        SpeedupPlot.CheckWritable(absent);
        SpeedupPlot.CheckWritable(old);

        Assert.Equal("old", File.ReadAllText(Assert.Single(_folder.GetFiles()).FullName));
    }

    [Fact]
    public void A_folder_is_not_writable_as_a_file()
    {
        var folder = _folder.CreateSubdirectory("a.svg");

        Assert.Contains(
            "a.svg",
            Assert.Throws<NodeException>(() => SpeedupPlot.CheckWritable(new FileInfo(folder.FullName))).Message,
            StringComparison.Ordinal);
    }
}
