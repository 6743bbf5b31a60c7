namespace ActorPool.Node.Observing;

/// <summary>Makes the settings of an observer from those of a command or a node.</summary>
internal static class ObserverConfig
{
    // What goes wrong is in the exceptions; Akka's lines would stand between the tables. Workers are a node's.
    private static readonly (string Path, string Value)[] s_own = [("akka.loglevel", "OFF"), ("actorpool.isolation", "none")];

    // A person waits.
    private static readonly (string Path, string Value)[] s_defaults = [("actorpool.cluster.connect-timeout", "5s")];

    /// <param name="config">HOCON, with each setting on a line of its own, as <see cref="SettingLayers"/> writes it.</param>
    public static string Create(string config)
    {
        var lines = config.Split('\n').Where(line => !s_own.Any(own => Sets(line, own.Path))).ToList();
        var added = s_own.Concat(s_defaults.Where(one => !lines.Exists(line => Sets(line, one.Path))));
        return string.Join('\n', [.. lines, .. added.Select(one => $"{one.Path} = {one.Value}")]);
    }

    private static bool Sets(string line, string path) => line.StartsWith($"{path} =", StringComparison.Ordinal);
}
