using Akka.Configuration;

namespace ActorPool.Hosting;

/// <summary>A place in a text; both count from 1.</summary>
internal sealed record HoconPlace(int Line, int Column)
{
    public override string ToString() => $"line {Line}, column {Column}";
}

/// <summary>What is wrong with a text, as words that follow "has", and what to do.</summary>
internal sealed record HoconFault(string Message, HoconPlace Place);

/// <summary>One key with its value.</summary>
/// <param name="Path">The whole path, with quotes around the keys that need them.</param>
/// <param name="Value">The value as the user means it; a list as it was written.</param>
/// <param name="Literal">The value for Akka's parser.</param>
/// <param name="Place">Where the key begins.</param>
internal sealed record HoconEntry(string Path, string Value, string Literal, HoconPlace Place);

/// <summary>A user's HOCON, read strictly, as a flat list of keys; Akka is given these and never the text itself.</summary>
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
        var all = faults.Select(fault => (fault.Place, Message: $"{source} has {fault.Message} ({fault.Place}).")).ToList();
        foreach (var entry in Entries)
        {
            // Of Akka's own sections the last one wins, as HOCON says; of the pool's a second value is a slip.
            if (!_last.TryAdd(entry.Path, entry) && Root(entry.Path) is "actorpool" && entry.Literal is not "{}")
                all.Add((entry.Place, $"{source} has {entry.Path} twice ({_last[entry.Path].Place}, and {entry.Place}). Remove one."));
            _last[entry.Path] = entry;
        }
        Faults = [.. all.OrderBy(fault => (fault.Place.Line, fault.Place.Column)).Select(fault => fault.Message)];
    }

    public IReadOnlyList<HoconEntry> Entries { get; }

    /// <summary>What is wrong with the text, in its order, each with source, line and column.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>The first key of a path.</summary>
    public static string Root(string path) => path.Split('.', 2)[0];

    public static string PathOf(IEnumerable<string> keys) => string.Join('.', keys.Select(key => HoconReader.IsPlainKey(key) ? key : Quote(key)));

    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Says where a key was given, in brackets; empty if not here.</summary>
    public string Where(string path) => _last.TryGetValue(path, out var entry) ? $" ({_source}, {entry.Place})" : "";

    /// <summary>The keys as Akka's own configuration, written out so plainly that its parser has nothing to lose.</summary>
    public Config ToConfig() => ConfigurationFactory.ParseString(string.Join('\n', Entries.Select(entry => $"{entry.Path} : {entry.Literal}")));
}
