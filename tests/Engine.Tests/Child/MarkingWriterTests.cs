using ActorPool.Child;
using ActorPool.Processes;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Child;

public sealed class MarkingWriterTests : IDisposable
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly MarkingWriter _writer;

    public MarkingWriterTests() => _writer = new MarkingWriter(_output) { NewLine = "\n" };

    public void Dispose()
    {
        _writer.Dispose();
        _output.Dispose();
    }

    [Fact]
    public async Task An_item_does_not_continue_the_line_of_another()
    {
        await RunAsync(x =>
        {
            _writer.Write($"from {x}");
            _writer.Write(" and on");
        });

        Assert.Equal([(0L, "from 0 and on"), (1L, "from 1 and on"), (2L, "from 2 and on")], ReadLines());
    }

    [Fact]
    public async Task An_item_that_ends_its_lines_adds_none()
    {
        await RunAsync(x =>
        {
            _writer.Write($"a{x}");
            _writer.WriteLine();
            _writer.WriteLine($"b{x}");
        });

        Assert.Equal([(0L, "a0"), (0L, "b0"), (1L, "a1"), (1L, "b1"), (2L, "a2"), (2L, "b2")], ReadLines());
    }

    private static async Task RunAsync(Action<int> function)
    {
        await using var pool = WorkerPool.Create(workers: 1);
        await pool.ForEachAsync(function, [0, 1, 2]).Within("the items", pool);
    }

    private IEnumerable<(long Item, string Text)> ReadLines() =>
        _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(LineMark.Take)
            .Select(line => (line.Item!.Index, line.Text));
}
