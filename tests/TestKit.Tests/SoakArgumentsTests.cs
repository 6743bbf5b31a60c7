using ActorPool.Soak;

namespace ActorPool.TestKit.Tests;

/// <summary>The command line of <c>tests/Soak</c>.</summary>
public sealed class SoakArgumentsTests
{
    [Theory]
    [InlineData("--minutes 0", "--minutes is [0]")]
    [InlineData("--minutes -5", "--minutes is [-5]")]
    [InlineData("--minutes abc", "--minutes is [abc]")]
    [InlineData("--minutes NaN", "--minutes is [NaN]")]
    [InlineData("--minutes 1e3", "--minutes is [1e3]")]
    [InlineData("--minutes", "--minutes has no value")]
    [InlineData("--minuets 5", "[--minuets] is unknown")]
    [InlineData("clutser --minutes 5", "[clutser] is unknown")]
    [InlineData("--minutes 5 --seed 99999999999", "--seed is [99999999999]; it must be a whole number, 0 to 2147483647")]
    [InlineData("--seed 1.5", "--seed is [1.5]")]
    [InlineData("--seed 1 --seed 2", "--seed is given twice")]
    [InlineData("--workers 0", "--workers is [0]; it must be a whole number, 1 to 10000")]
    [InlineData("cluster --workers 3", "[--workers] is unknown")]
    public void A_wrong_one_is_refused_by_name(string args, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Arguments.Parse(args.Split(' ')));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Right_ones_are_taken_and_others_have_defaults()
    {
        Assert.Equal(new Arguments(null, TimeSpan.FromMinutes(5), null, 4), Arguments.Parse([]));
        Assert.Equal(
            new Arguments("cluster", TimeSpan.FromSeconds(30), 0, 4), Arguments.Parse(["cluster", "--minutes", "0.5", "--seed", "0"]));
        Assert.Equal(
            new Arguments(null, TimeSpan.FromMinutes(2), 7, 1), Arguments.Parse(["--seed", "7", "--workers", "1", "--minutes", "2"]));
    }
}
