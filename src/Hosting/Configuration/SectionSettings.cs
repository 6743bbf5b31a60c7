namespace ActorPool.Hosting.Configuration;

/// <summary>A setting of <c>reference.conf</c> that the host's configuration has.</summary>
/// <param name="Key">The key, such as <c>ActorPool:Cluster:LeaseTimeout</c>.</param>
/// <param name="Path">The path in HOCON, such as <c>actorpool.cluster.lease-timeout</c>.</param>
/// <param name="Value">The value, as HOCON writes it.</param>
internal sealed record ConfiguredSetting(string Key, string Path, string Value);

/// <summary>What a section of the host's configuration has beside the values of options.</summary>
/// <param name="Settings">The settings of <c>reference.conf</c>.</param>
/// <param name="Options">The keys that have set options, by the names of these.</param>
/// <param name="Faults">Sentences with key and value.</param>
internal sealed record SectionSettings(
    IReadOnlyList<ConfiguredSetting> Settings, IReadOnlyDictionary<string, string> Options, IReadOnlyList<string> Faults)
{
    public static SectionSettings None { get; } = new([], new Dictionary<string, string>(StringComparer.Ordinal), []);
}
