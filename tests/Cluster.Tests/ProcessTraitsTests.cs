using ActorPool.ClusterTests.Support;

namespace ActorPool.ClusterTests;

/// <summary>A client's log says once how the process of a node differs from its own.</summary>
/// <remarks>The node is in Tokyo. It has cultures also where the variable for invariant programs is set.</remarks>
public sealed class ProcessTraitsTests(ProcessTraitsTests.Tokyo tokyo) : IClassFixture<ProcessTraitsTests.Tokyo>
{
    private const string Invariant = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1";

    [Fact]
    public async Task Another_time_zone_is_told_in_one_line()
    {
        var line = Assert.Single(await RunClientAsync("TZ=Europe/Berlin"));

        Assert.Contains($"On the node [{tokyo.Node.Address}], functions of the pool [", line, StringComparison.Ordinal);
        Assert.Contains("Its time zone is [Asia/Tokyo], here [Europe/Berlin]: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("cultures", line, StringComparison.Ordinal);
        Assert.DoesNotContain("ICU", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_culture_is_told_in_one_line()
    {
        var line = Assert.Single(await RunClientAsync("TZ=Asia/Tokyo", "LANG=de_DE.UTF-8", "LC_ALL=de_DE.UTF-8"));

        Assert.Contains(", here [de-DE]: numbers and dates are formatted and parsed differently", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_cultures_are_told_in_one_line()
    {
        var line = Assert.Single(await RunClientAsync("TZ=Asia/Tokyo", Invariant));

        Assert.Contains("Its cultures are [all], here [none, globalization-invariant]: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("time zone", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_differences_are_told_in_one_line()
    {
        var line = Assert.Single(await RunClientAsync("TZ=America/New_York", Invariant));

        Assert.Contains("Its cultures are [all], here [none, globalization-invariant]: ", line, StringComparison.Ordinal);
        Assert.Contains("Its time zone is [Asia/Tokyo], here [America/New_York]: ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TZ=Asia/Tokyo")]
    [InlineData("TZ=Asia/Seoul")]
    public async Task A_zone_that_does_the_same_under_any_name_is_not_told(string zone) => Assert.Empty(await RunClientAsync(zone));

    /// <summary>Runs a client to its end.</summary>
    /// <returns>The lines of its log about nodes that differ.</returns>
    private async Task<string[]> RunClientAsync(params string[] environment)
    {
        using var gate = new RemoteGate();
        gate.Open();
        using var client = ClientProgram.StartWith(environment, tokyo.Node.Address, gate);
        Assert.True(await client.EndAsync() == 0, client.Log);
        return [.. client.Error.Split('\n').Where(line => line.Contains("On the node [", StringComparison.Ordinal))];
    }

    /// <summary>A node with other settings than most machines have.</summary>
    public sealed class Tokyo : IAsyncLifetime
    {
        internal ClusterNode Node { get; private set; } = null!;

        public async Task InitializeAsync() => Node = await ClusterNode.StartSeedWithAsync(["TZ=Asia/Tokyo", Invariant], workers: 1);

        public Task DisposeAsync()
        {
            Node.Dispose();
            return Task.CompletedTask;
        }
    }
}
