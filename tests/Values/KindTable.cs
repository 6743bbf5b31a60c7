namespace ActorPool.Values;

/// <summary>The kinds of a source by name, in this process.</summary>
public static class KindTable<TSource>
    where TSource : IKindSource, new()
{
    private static readonly Dictionary<string, Kind> s_kinds =
        new TSource().Create().ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    /// <summary>All kinds of the source.</summary>
    public static IReadOnlyCollection<Kind> All => s_kinds.Values;

    /// <summary>Makes a value here.</summary>
    public static T Make<T>(string name) => Find<T>(name).Make();

    /// <summary>Asks a value here.</summary>
    public static string Probe<T>(string name, T value) => Find<T>(name).Probe(value);

    private static Kind<T> Find<T>(string name) => (Kind<T>)s_kinds[name];
}
