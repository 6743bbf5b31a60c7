using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests;

/// <summary>A program of ASP.NET Core, on nodes that do not have its shared framework loaded.</summary>
public sealed class WebProgramTests(TwoSingleNodes nodes) : IClassFixture<TwoSingleNodes>
{
    private const string Expected = "&lt;nail&gt; /orders/nail ?from=7 21 EUR 2\n";

    private static readonly string s_program = Path.Combine(
        Repository.Root, "tests", "ShippedWeb", "bin", Repository.Configuration,
        Path.GetFileName(Path.GetDirectoryName(Repository.Node)!), "ShippedWeb.dll");

    [Fact]
    public async Task Functions_may_use_what_a_web_program_has()
    {
        using var here = NodeProcess.Run("dotnet", s_program, "local");
        using var there = NodeProcess.Run("dotnet", s_program, nodes.Seed.Address);

        Assert.True(await here.EndAsync() == 0, here.Log);
        Assert.True(await there.EndAsync() == 0, $"{there.Log}\n{nodes.Log()}");

        Assert.Equal(Expected, here.Output);
        Assert.Equal(Expected, there.Output);
    }
}
