using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ActorPool.Hosting;

namespace ActorPool.Node.Nodes;

/// <summary>A HOCON file with the variables of the environment over it, as one text; knows which of them each setting is from.</summary>
/// <remarks>
/// <c>ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=5s</c> is <c>actorpool.cluster.drain-timeout = 5s</c>: two underscores are a dot, one is a dash, upper or lower case.
/// The engine says of what is wrong with a setting in which line of the text it stands: each has a line of its own.
/// </remarks>
internal sealed partial class SettingLayers
{
    private const string Prefix = "ACTORPOOL__";

    /// <summary>Far more than all settings together; what is larger is not a configuration.</summary>
    private const int MostFileBytes = 1 << 20;

    private readonly List<string> _origins;

    private SettingLayers(IReadOnlyList<(HoconEntry Entry, string Origin)> settings)
    {
        _origins = [.. settings.Select(setting => setting.Origin)];
        // A text in triple quotes may have lines; between other quotes they are escaped.
        Text = string.Join('\n', settings.Select(setting => $"{setting.Entry.Path} = {setting.Entry.Literal.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}"));
    }

    /// <summary>All settings, those that win only.</summary>
    public string Text { get; }

    /// <summary>Reads both layers.</summary>
    /// <param name="file">The file; null for none.</param>
    /// <param name="environment">All variables; those with other names are left alone.</param>
    /// <param name="flags">Settings that flags of their own have: the path, the value, and the flag.</param>
    /// <exception cref="NodeException">The file cannot be read, or either is no HOCON; the message has all of it.</exception>
    public static SettingLayers Read(string? file, IDictionary environment, IReadOnlyList<(string Path, string Value, string Flag)>? flags = null)
    {
        flags ??= [];
        var text = new HoconText(file ?? "", file is null ? "" : ReadFile(file));
        var variables = Variables(environment);
        var faults = text.Faults.Concat(variables.SelectMany(Faults)).ToList();
        faults.AddRange(variables.CountBy(variable => variable.Path, StringComparer.Ordinal).Where(path => path.Value > 1).Select(path => $"{path.Key} is set by more than one variable ({NamesOf(variables, path.Key)}). Keep one."));
        if (faults.Count > 0)
            throw Wrong(string.Concat(faults.Select(fault => $"{Environment.NewLine}- {fault}")));

        variables.RemoveAll(variable => flags.Any(flag => flag.Path.Equals(variable.Path, StringComparison.Ordinal)));
        var overridden = variables.Select(variable => variable.Path).Concat(flags.Select(flag => flag.Path)).ToHashSet(StringComparer.Ordinal);
        return new SettingLayers(
        [
            .. text.Entries.Where(entry => !overridden.Contains(entry.Path)).Select(entry => (entry, $"{file}, {entry.Place}")),
            .. variables.Select(variable => (new HoconEntry(variable.Path, variable.Value, HoconText.Quote(variable.Value), new HoconPlace(1, 1)), $"the variable {variable.Name}")),
            .. flags.Select(flag => (new HoconEntry(flag.Path, flag.Value, HoconText.Quote(flag.Value), new HoconPlace(1, 1)), flag.Flag)),
        ]);
    }

    /// <summary>What the engine found to be wrong, in the words of who wrote a file, set a variable or gave a flag.</summary>
    public NodeException Describe(ArgumentException error)
    {
        var text = error.ParamName is { } parameter ? error.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal) : error.Message;
        text = PlaceInText().Replace(text, place => _origins[int.Parse(place.Groups["line"].ValueSpan, CultureInfo.InvariantCulture) - 1]);
        text = OptionName().Replace(text, option => option.Groups["option"].Value is var name and not "Config" ? $"--{name.ToLowerInvariant()}" : "the configuration");
        return Wrong(text.Replace("The pool's settings are not valid:", "", StringComparison.Ordinal), error);
    }

    private static NodeException Wrong(string faults, Exception? cause = null) =>
        new($"The node's settings are not valid: {faults}".Replace(": \n", ":\n", StringComparison.Ordinal), cause) { ExitCode = CommandLine.WrongConfiguration };

    private static List<Variable> Variables(IDictionary environment)
    {
        var variables = new List<Variable>();
        foreach (DictionaryEntry variable in environment)
        {
            if (variable.Key is string name && name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                variables.Add(new Variable(name, (string?)variable.Value ?? ""));
        }
        variables.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return variables;
    }

    private static IEnumerable<string> Faults(Variable variable)
    {
        if (variable.Keys.Any(key => key.Length == 0 || key[0] == '-' || key[^1] == '-'))
            yield return $"The variable {variable.Name} names no setting: write two underscores for each dot and one for each dash, such as ACTORPOOL__CLUSTER__DRAIN_TIMEOUT for actorpool.cluster.drain-timeout.";
        if (variable.Value.Any(char.IsControl))
            yield return $"The variable {variable.Name} has a line break or another control character in its value. Remove it.";
    }

    private static string NamesOf(IEnumerable<Variable> variables, string path) =>
        string.Join(", ", variables.Where(variable => variable.Path.Equals(path, StringComparison.Ordinal)).Select(variable => variable.Name));

    private static string ReadFile(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var bytes = new byte[MostFileBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MostFileBytes)
                throw Wrong($"{file} has more than [{MostFileBytes}] bytes, and is hardly a configuration. Give --config a HOCON file.");
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong(e is DecoderFallbackException ? $"{file} is not UTF-8. Save it as such." : $"--config is [{file}], which cannot be read: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"PoolNodeOptions\.Config, line (?<line>\d+), column \d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlaceInText();

    [GeneratedRegex(@"\b(?:PoolNodeOptions|WorkerPoolOptions)\.(?<option>[A-Za-z]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OptionName();

    private sealed record Variable(string Name, string Value)
    {
        public string[] Keys { get; } = [.. Name[Prefix.Length..].ToLowerInvariant().Split("__").Select(key => key.Replace('_', '-'))];

        public string Path => HoconText.PathOf(["actorpool", .. Keys]);
    }
}
