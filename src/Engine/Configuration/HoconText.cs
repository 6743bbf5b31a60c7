using Akka.Configuration;

namespace ActorPool.Configuration;

/// <summary>A place in a text; line and column count from 1.</summary>
internal sealed record HoconPlace(int Line, int Column)
{
    public override string ToString() => $"line {Line}, column {Column}";
}

/// <summary>What is wrong with a text, worded to follow "has", and what to do.</summary>
internal sealed record HoconFault(string Message, HoconPlace Place);

/// <summary>One key with its value.</summary>
/// <param name="Path">The whole path, with quotes around the keys that need them.</param>
/// <param name="Value">The value as the user means it; a list as it was written.</param>
/// <param name="Literal">The value for Akka's parser.</param>
/// <param name="Place">Where the key begins.</param>
internal sealed record HoconEntry(string Path, string Value, string Literal, HoconPlace Place);

/// <summary>A user's HOCON, read strictly into a flat list of keys.</summary>
/// <remarks>Akka gets these keys and never the text itself.</remarks>
internal sealed class HoconText
{
    private readonly string _source;
    private readonly Dictionary<string, HoconEntry> _last = new(StringComparer.Ordinal);

    /// <param name="source">What messages call the text: an option, or a file's name.</param>
    /// <param name="text">The text; null for none.</param>
    public HoconText(string source, string? text)
    {
        _source = source;
        (Entries, var faults) = HoconReader.Read(text ?? "");
        var all = faults
            .Select(fault => new SettingsFault("", ToSettingsPlace(fault.Place), $"{source} has {fault.Message} ({fault.Place})."))
            .ToList();
        foreach (var entry in Entries)
        {
            // In Akka's sections the last value wins, as HOCON defines it; in the pool's, a second value is taken for a mistake.
            if (!_last.TryAdd(entry.Path, entry) && GetFirstKey(entry.Path) is "actorpool" && entry.Literal is not "{}")
            {
                all.Add(new SettingsFault(
                    entry.Path, ToSettingsPlace(entry.Place),
                    $"{source} has {entry.Path} twice ({_last[entry.Path].Place}, and {entry.Place}). Remove one."));
            }
            _last[entry.Path] = entry;
        }
        Faults = [.. all.OrderBy(fault => (fault.Line, fault.Column))];
    }

    public IReadOnlyList<HoconEntry> Entries { get; }

    /// <summary>What is wrong with the text, in text order, each with source, line and column.</summary>
    public IReadOnlyList<SettingsFault> Faults { get; }

    /// <summary>Returns the first key of a path.</summary>
    public static string GetFirstKey(string path) => path.Split('.', 2)[0];

    public static string FormatPath(IEnumerable<string> keys) =>
        string.Join('.', keys.Select(key => HoconReader.IsPlainKey(key) ? key : Quote(key)));

    public static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Returns where a key was given; null if the text does not have it.</summary>
    public SettingsPlace? Find(string path) => _last.TryGetValue(path, out var entry) ? ToSettingsPlace(entry.Place) : null;

    /// <summary>Converts the keys to Akka's configuration.</summary>
    /// <remarks>They are written one per line in the plainest form, so that Akka's parser loses none.</remarks>
    public Config ToConfig() =>
        ConfigurationFactory.ParseString(string.Join('\n', Entries.Select(entry => $"{entry.Path} : {entry.Literal}")));

    private SettingsPlace ToSettingsPlace(HoconPlace place) => new(_source, place.Line, place.Column);
}
