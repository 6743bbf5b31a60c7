using ActorPool.Configuration;

namespace ActorPool.Hosting.Configuration;

/// <summary>The keys of <c>reference.conf</c>, found however they are written in the host's configuration.</summary>
/// <remarks><c>LeaseTimeout</c>, <c>leaseTimeout</c>, <c>lease-timeout</c> and <c>LEASE_TIMEOUT</c> are one key.</remarks>
internal static class ReferenceKeys
{
    private const string Root = "actorpool.";

    private static readonly IReadOnlyDictionary<string, string> s_paths = Read();

    /// <summary>Finds a key.</summary>
    /// <param name="relative">The key within the pool's section, with colons.</param>
    /// <returns>The path in HOCON; null if there is no such key.</returns>
    public static string? Find(string relative) => s_paths.GetValueOrDefault(Normalize(relative));

    /// <summary>Lists what there is beside a key, as the host's configuration writes it.</summary>
    public static IEnumerable<string> ListSiblings(string relative)
    {
        var section = relative.LastIndexOf(':') is >= 0 and var colon ? Normalize(relative[..(colon + 1)]) : "";
        return s_paths.Where(known => known.Key.StartsWith(section, StringComparison.Ordinal))
            .Select(known => known.Value[Root.Length..].Split('.')[section.Count(c => c == ':')])
            .Distinct(StringComparer.Ordinal)
            .Select(ToPascalCase);
    }

    public static string Normalize(string key) =>
        key.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string ToPascalCase(string key) =>
        string.Concat(key.Split('-').Select(word => $"{char.ToUpperInvariant(word[0])}{word[1..]}"));

    private static Dictionary<string, string> Read()
    {
        using var stream = typeof(WorkerPool).Assembly.GetManifestResourceStream("ActorPool.reference.conf")!;
        using var reader = new StreamReader(stream);
        return new HoconText("reference.conf", reader.ReadToEnd()).Entries.ToDictionary(
            entry => Normalize(entry.Path[Root.Length..].Replace('.', ':')), entry => entry.Path, StringComparer.Ordinal);
    }
}
