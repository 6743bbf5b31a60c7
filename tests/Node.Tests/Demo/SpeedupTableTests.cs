using ActorPool.Node.Demo;

namespace ActorPool.Node.Tests.Demo;

public sealed class SpeedupTableTests
{
    [Fact]
    public void No_value_is_cut_or_wrapped_in_redirected_output()
    {
        using var text = new StringWriter();
        var measured = new SpeedupMeasurement(
            RowWork.Scrambles, 100_000_000, new Times([TimeSpan.FromDays(1)]),
            [new PoolTimes(1, new Times([TimeSpan.FromDays(2)])), new PoolTimes(2, new Times([TimeSpan.FromHours(12)]))]);

        SpeedupTable.Write(Terminal.Create(text, redirected: true), measured);

        var lines = text.ToString().Split(Environment.NewLine);
        Assert.Contains(RowWork.Scrambles.Title, lines, StringComparer.Ordinal);
        Assert.Contains(lines, line => Has(line, "a plain loop", "86,400,000.00", "1,157", "1.00"));
        Assert.Contains(lines, line => Has(line, "1 worker", "172,800,000.00", "579", "0.50"));
        Assert.Contains(lines, line => Has(line, "2 workers", "43,200,000.00", "2,315", "2.00"));
    }

    private static bool Has(string line, params string[] values) => values.All(value => line.Contains(value, StringComparison.Ordinal));
}
