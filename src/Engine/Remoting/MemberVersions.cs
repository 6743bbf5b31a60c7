using System.Globalization;
using ActorPool.Configuration;
using Akka.Configuration;

namespace ActorPool.Remoting;

/// <summary>Tells the members of a cluster which protocol versions each of them speaks.</summary>
/// <remarks>
/// Each node says it in roles of its own, which Akka gives to all members: a form that does not depend on any version of ours. Nodes need
/// nothing of each other that could differ; but a pool needs a version that all its nodes speak.
/// </remarks>
internal static class MemberVersions
{
    private const string ControlRole = "actorpool-control-";
    private const string DataRole = "actorpool-data-";

    /// <summary>Adds a node's roles to those that its configuration has.</summary>
    public static Config AddRoles(Config config, ProtocolVersions versions)
    {
        var roles = config.GetStringList("akka.cluster.roles", []).Append(Format(ControlRole, versions.Control))
            .Append(Format(DataRole, versions.Data)).Select(HoconText.Quote);
        return ConfigurationFactory.ParseString($"akka.cluster.roles = [{string.Join(", ", roles)}]").WithFallback(config);
    }

    /// <summary>Says how a member's versions do not fit those of this node.</summary>
    /// <param name="mine">This node's versions.</param>
    /// <param name="roles">The member's roles.</param>
    /// <returns>A phrase for the log; null if a pool can use both nodes.</returns>
    public static string? FindMisfit(ProtocolVersions mine, IReadOnlyCollection<string> roles)
    {
        if (Find(ControlRole, roles) is not { } control || Find(DataRole, roles) is not { } data)
            return "does not say which versions it speaks: it is of an earlier release";
        return mine.Control.FindHighestCommon(control) is null || mine.Data.FindHighestCommon(data) is null
            ? $"speaks version [{control}] of the control protocol and [{data}] of the data protocol"
            : null;
    }

    private static string Format(string role, VersionRange versions) =>
        string.Create(CultureInfo.InvariantCulture, $"{role}{versions.Min}-{versions.Max}");

    private static VersionRange? Find(string role, IReadOnlyCollection<string> roles)
    {
        var numbers = roles.FirstOrDefault(one => one.StartsWith(role, StringComparison.Ordinal))?[role.Length..].Split('-');
        return numbers is [var first, var last]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var min)
            && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var max)
                ? new VersionRange(min, max)
                : null;
    }
}
