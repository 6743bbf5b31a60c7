using System.CommandLine;

namespace ActorPool.Node.Tests;

public sealed class BoundedInt32Tests
{
    private readonly Option<int> _option = BoundedInt32.Create("--rows", "Rows.", defaultValue: 7, min: 1, max: 2000);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("2000", 2000)]
    public void Both_bounds_are_values(string text, int value)
    {
        var parsed = new RootCommand { _option }.Parse(["--rows", text]);

        Assert.Empty(parsed.Errors);
        Assert.Equal(value, parsed.GetValue(_option));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("2001")]
    [InlineData("99999999999")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("many")]
    [InlineData("")]
    public void Other_values_are_refused_with_the_flag_the_value_and_the_bounds(string text)
    {
        var error = Assert.Single(new RootCommand { _option }.Parse(["--rows", text]).Errors);

        Assert.Equal($"--rows is [{text}]; it must be a whole number from 1 to 2,000.", error.Message);
    }

    [Fact]
    public void A_flag_that_is_left_out_has_its_default() => Assert.Equal(7, new RootCommand { _option }.Parse([]).GetValue(_option));
}
