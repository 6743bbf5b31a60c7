namespace ActorPool.Node.Tests.Nodes;

/// <summary>What the program suggests for a word or a flag that it does not know.</summary>
public sealed class SuggestionTests
{
    private const string Begin = "Did you mean one of the following?\n";

    [Theory]
    [InlineData("nodes foo", "")]
    [InlineData("jobs cc", "")]
    [InlineData("nodes drian", "drain")]
    [InlineData("jobs cancle 4", "cancel")]
    [InlineData("statsu", "status")]
    [InlineData("config shwo", "show")]
    [InlineData("nodes --outptu json", "--output")]
    [InlineData("nodes foo --outptu json", "--output")]
    [InlineData("nodes drian --outptu json", "drain,--output")]
    [InlineData("certs init --ot x", "--out")]
    public async Task Commands_are_suggested_for_words_and_flags_for_flags(string arguments, string expected)
    {
        using var command = NodeProcess.Start(arguments.Split(' '));

        await command.CheckEndAsync(2);

        Assert.Equal("", command.Output);
        var suggested = command.Error.Split(Begin)[1..].Select(rest => rest.Split('\n')[0]);
        Assert.Equal(expected, string.Join(',', suggested));
        Assert.Contains("Unrecognized command or argument", command.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("10001")]
    [InlineData("x")]
    public async Task A_number_of_workers_is_checked_before_a_node_is_asked(string workers)
    {
        using var resize = NodeProcess.Start("nodes", "resize", "127.0.0.1:1", workers);

        await resize.CheckEndAsync(2);

        Assert.Contains($"WORKERS is [{workers}]; it must be a whole number from 1 to 10,000.", resize.Error, StringComparison.Ordinal);
    }
}
