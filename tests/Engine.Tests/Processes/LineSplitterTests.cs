using ActorPool.Processes;

namespace ActorPool.Tests.Processes;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Lines_do_not_depend_on_how_the_text_arrives(int size)
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(lines.Add);

        foreach (var part in "one\ntwo\r\n\nfour\nlast".Chunk(size))
            splitter.Add(part);
        splitter.Complete();

        Assert.Equal(["one", "two", "", "four", "last"], lines, StringComparer.Ordinal);
    }

    [Fact]
    public void A_long_line_comes_in_pieces()
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(lines.Add);

        splitter.Add($"{new string('x', 2 * LineSplitter.MaxChars)}\n{new string('y', LineSplitter.MaxChars + 1)}\nz\n");
        splitter.Complete();

        Assert.Equal([LineSplitter.MaxChars, LineSplitter.MaxChars, LineSplitter.MaxChars, 1, 1], lines.Select(line => line.Length));
    }
}
