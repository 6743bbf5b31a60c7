using ActorPool.Node.Demo;

namespace ActorPool.Node.Tests.Demo;

public sealed class RowWorkTests
{
    [Fact]
    public void A_sum_is_that_of_the_four_numbers() => Assert.Equal(1234, RowWork.Sums.Function(new Row(4, 30, 200, 1000)));

    [Fact]
    public void A_scramble_tells_rows_apart()
    {
        var rows = RowTable.CreateRandom(1000, 1).Distinct().ToArray();

        Assert.Equal(rows.Length, rows.Select(RowWork.Scrambles.Function).Distinct().Count());
    }

    [Fact]
    public void The_loop_does_what_the_function_does()
    {
        var rows = RowTable.CreateRandom(1000, 1);
        foreach (var work in RowWork.All)
        {
            var results = new long[rows.Length];

            work.Loop(rows, results);

            Assert.Equal(Array.ConvertAll(rows, row => work.Function(row)), results);
        }
    }
}
