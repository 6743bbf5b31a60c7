using ActorPool.Configuration;
using ActorPool.Remoting;
using Akka.Configuration;

namespace ActorPool.Tests.Remoting;

public sealed class MemberVersionsTests
{
    [Theory]
    [InlineData(5, 5, 7, 7)]
    [InlineData(5, 6, 7, 8)]
    [InlineData(4, 5, 7, 7)]
    public void A_member_fits_that_has_a_version_of_each_plane_in_common(int min, int max, int dataMin, int dataMax) =>
        Assert.Null(Find(Create(5, 7), Create(min, max, dataMin, dataMax)));

    [Theory]
    [InlineData(6, 6, 7, 7, "speaks version [6] of the control protocol and [7] of the data protocol")]
    [InlineData(5, 5, 8, 9, "speaks version [5] of the control protocol and [8 to 9] of the data protocol")]
    public void Another_member_is_described_by_its_versions(int min, int max, int dataMin, int dataMax, string expected) =>
        Assert.Equal(expected, Find(Create(5, 7), Create(min, max, dataMin, dataMax)));

    [Theory]
    [InlineData("")]
    [InlineData("actorpool-control-5-5")]
    [InlineData("actorpool-control-5-5, actorpool-data-7")]
    [InlineData("actorpool-control-x-5, actorpool-data-7-7")]
    [InlineData("actorpool-control-99999999999-5, actorpool-data-7-7")]
    public void A_member_that_does_not_say_its_versions_is_of_an_earlier_release(string roles) =>
        Assert.Equal(
            "does not say which versions it speaks: it is of an earlier release",
            MemberVersions.FindMisfit(Create(5, 7), roles.Split(", ", StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Roles_of_the_configuration_are_kept()
    {
        var config = MemberVersions.AddRoles(ConfigurationFactory.ParseString("akka.cluster.roles = [\"blue\"]"), Create(5, 7));

        Assert.Equal(
            ["blue", "actorpool-control-5-5", "actorpool-data-7-7"], config.GetStringList("akka.cluster.roles"), StringComparer.Ordinal);
    }

    private static string? Find(ProtocolVersions mine, ProtocolVersions member)
    {
        var config = MemberVersions.AddRoles(Config.Empty, member);
        return MemberVersions.FindMisfit(mine, [.. config.GetStringList("akka.cluster.roles")]);
    }

    private static ProtocolVersions Create(int control, int data) => Create(control, control, data, data);

    private static ProtocolVersions Create(int min, int max, int dataMin, int dataMax) =>
        new(new VersionRange(min, max), new VersionRange(dataMin, dataMax));
}
