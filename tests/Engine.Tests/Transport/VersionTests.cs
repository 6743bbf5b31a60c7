using ActorPool.Configuration;
using ActorPool.Tests.Support;
using ActorPool.Transport;

namespace ActorPool.Tests.Transport;

/// <summary>Both sides of a data connection agree on a version.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData(7, 7, 7, 7, 7)]
    [InlineData(7, 8, 7, 7, 7)]
    [InlineData(7, 7, 7, 8, 7)]
    [InlineData(7, 8, 7, 8, 8)]
    [InlineData(6, 9, 7, 8, 8)]
    public async Task Both_sides_speak_the_highest_version_in_common(int min, int max, int nodeMin, int nodeMax, int expected)
    {
        await using var plane = new DataPlane(Create(nodeMin, nodeMax));

        var (client, node) = await plane.PairAsync(Create(min, max));

        Assert.Equal(expected, client.Version);
        Assert.Equal(expected, node.Version);
    }

    [Theory]
    [InlineData(7, 7, 8, 8, "[7]", "[8]")]
    [InlineData(8, 9, 5, 7, "[8 to 9]", "[5 to 7]")]
    public async Task Without_one_both_sides_get_both_ranges(int min, int max, int nodeMin, int nodeMax, string client, string node)
    {
        await using var plane = new DataPlane(Create(nodeMin, nodeMax));

        var error = await Assert.ThrowsAsync<HandshakeException>(() => plane.ConnectAsync(limits: Create(min, max)));

        Assert.Contains($"speaks version {node} of the data protocol, this one version {client}", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"speaks version {client} of the data protocol, this one version {node}", await plane.NextRefusalAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_a_release_without_ranges_is_served_in_its_version()
    {
        await using var plane = new DataPlane(Create(7, 8));
        await using var client = await plane.CallAsync();
        var hello = new byte[Hello.Size];
        Hello.Create(Create(7, 7), plane.Ticket.SessionId).Write(hello);
        Assert.Equal(0, hello[13]); // such a release wrote nothing there, and looked at the first number only

        await client.WriteAsync(hello);
        var answer = new byte[Hello.Size];
        await client.ReadExactlyAsync(answer).AsTask().Within("the answer");

        Assert.Equal((7, 0, 0), (answer[8], answer[9], answer[13]));
        Assert.Equal(HandshakeStatus.None, Hello.Read(answer).Status);
    }

    [Fact]
    public async Task A_refusal_tells_the_nodes_range_in_the_part_that_all_versions_have()
    {
        await using var plane = new DataPlane(Create(7, 9));
        await using var client = await plane.CallAsync();
        var hello = new byte[Hello.Size];
        Hello.Create(Create(10, 10), plane.Ticket.SessionId).Write(hello);

        await client.WriteAsync(hello);
        var answer = new byte[Hello.Size];
        await client.ReadExactlyAsync(answer).AsTask().Within("the refusal");

        Assert.Equal(HandshakeStatus.Version, Hello.Read(answer).Status);
        Assert.Equal(new VersionRange(7, 9), Hello.ReadVersions(answer));
    }

    private static TransportLimits Create(int min, int max) => new() { Versions = new VersionRange(min, max) };
}
