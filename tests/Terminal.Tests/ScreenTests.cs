using ActorPool.Terminal.Tests.Support;

namespace ActorPool.Terminal.Tests;

public sealed class ScreenTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly VirtualTerminal _terminal = new(20);
    private readonly Screen _screen;
    private int _seen;

    public ScreenTests()
    {
        _screen = new Screen(_output, () => new TerminalSize(_terminal.Width, 24));
        _screen.Begin();
    }

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData("abc")]
    [InlineData("漢字😀")]
    [InlineData("\e[31mred\e[0m\tx")]
    [InlineData("overwritten\rabc")]
    [InlineData("exactly twenty chars")]
    [InlineData("a line of more than twenty characters")]
    public void An_unfinished_line_is_continued_above_the_bar(string start)
    {
        var expected = new VirtualTerminal(20);
        expected.Write($"first\r\n{start.Replace("\t", "     ", StringComparison.Ordinal)}|end\r\n");
        Print("first\n");
        _screen.Draw([Line.From("bar"), Line.From("bar 2")]);
        Print(start.Replace("\t", "     ", StringComparison.Ordinal));
        Assert.Equal(["bar", "bar 2"], Show().TakeLast(2), StringComparer.Ordinal);
        _screen.Draw([Line.From("bar")]);
        Print("|end\n");
        Assert.Equal([.. expected.Rows, "bar"], Show(), StringComparer.Ordinal);
        _screen.Draw([]);
        Assert.Equal(expected.Rows, Show());
    }

    [Fact]
    public void A_line_that_the_program_began_before_the_bar_stays()
    {
        _output.Write("working ");
        _screen.Draw([Line.From("bar")]);
        Assert.Equal(["working", "bar"], Show());
    }

    [Fact]
    public void A_narrower_terminal_keeps_no_rest_of_the_bar()
    {
        Print("text\n");
        _screen.Draw([Line.From("19 columns of a bar"), Line.From("19 columns of a bar")]);
        Show();
        _terminal.Width = 8;
        _screen.Draw([Line.From("bar"), Line.From("bar 2")]);
        Assert.Equal(["text", "bar", "bar 2"], Show());
    }

    [Fact]
    public void A_last_line_stands_above_the_other_jobs()
    {
        _screen.Draw([Line.From("bar"), Line.From("bar 2")]);
        _screen.WriteLine("done");
        _screen.Draw([Line.From("bar 2")]);
        Assert.Equal(["done", "bar 2"], Show());
    }

    private void Print(string text)
    {
        // The program's writer leads to the same terminal.
        _output.NewLine = "\n";
        _screen.WriteAbove(_output, text.Replace("\n", "\r\n", StringComparison.Ordinal));
    }

    private IReadOnlyList<string> Show()
    {
        var all = _output.ToString();
        _terminal.Write(all[_seen..]);
        _seen = all.Length;
        return _terminal.Rows;
    }
}
