using System.Collections;
using System.CommandLine;
using System.Text;
using ActorPool.Configuration;

namespace ActorPool.Node;

/// <summary>A HOCON file, environment variables and flags as one text.</summary>
/// <remarks>
/// Variables override the file, and flags override both. <c>ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=5s</c> is
/// <c>actorpool.cluster.drain-timeout = 5s</c>: two underscores are a dot, one is a dash, in upper or lower case. Each setting has a
/// separate line in the text, so that the line in a fault of the engine shows where the setting comes from.
/// </remarks>
internal sealed class SettingLayers
{
    private const string Prefix = "ACTORPOOL__";

    /// <summary>Far more than all settings together need; a larger file is not a configuration.</summary>
    private const int MaxFileBytes = 1 << 20;

    // What a variable of each setting would be called with one underscore in place of two.
    private static readonly Lazy<Dictionary<string, string>> s_misspelt = new(FindMisspelt);

    private readonly List<string> _origins;

    private SettingLayers(IReadOnlyList<(HoconEntry Entry, SettingLayer Layer, string Origin)> settings)
    {
        HasLogLevel = settings.Any(setting => setting.Entry.Path is "akka.loglevel");
        _origins = [.. settings.Select(setting => setting.Origin)];
        Settings = [.. settings.Select(setting =>
            new LayeredSetting(setting.Entry.Path, setting.Entry.Value, setting.Layer, setting.Origin))];
        // A text in triple quotes may contain line breaks; in other quotes they must be escaped.
        Text = string.Join('\n', settings.Select(setting =>
        {
            var literal = setting.Entry.Literal
                .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            return $"{setting.Entry.Path} = {literal}";
        }));
    }

    /// <summary>Whether they say what is logged.</summary>
    public bool HasLogLevel { get; }

    /// <summary>All settings in effect.</summary>
    public string Text { get; }

    /// <summary>The same, one by one; of two of one path, the later one counts.</summary>
    public IReadOnlyList<LayeredSetting> Settings { get; }

    /// <summary>Reads all layers.</summary>
    /// <param name="file">The file; null for none.</param>
    /// <param name="environment">All variables; those with other names are ignored.</param>
    /// <param name="flags">Settings given as flags: the path, the value, and the flag.</param>
    /// <exception cref="NodeException">
    /// The file cannot be read or is not HOCON, or a variable is wrong; the message lists all faults.
    /// </exception>
    public static SettingLayers Read(
        string? file, IDictionary environment, IReadOnlyList<(string Path, string Value, string Flag)>? flags = null)
    {
        flags ??= [];
        var text = new HoconText(file ?? "", file is null ? "" : ReadFile(file));
        var variables = ReadVariables(environment);
        var faults = text.Faults.Select(fault => fault.Problem).Concat(variables.SelectMany(FindFaults)).ToList();
        faults.AddRange(FindMisspelt(environment));
        faults.AddRange(variables.CountBy(variable => variable.Path, StringComparer.Ordinal).Where(path => path.Value > 1)
            .Select(path => $"{path.Key} is set by more than one variable ({FormatNames(variables, path.Key)}). Keep one."));
        if (faults.Count > 0)
            throw CreateError(faults);

        variables.RemoveAll(variable => flags.Any(flag => flag.Path.Equals(variable.Path, StringComparison.Ordinal)));
        var overridden = variables.Select(variable => variable.Path).Concat(flags.Select(flag => flag.Path))
            .ToHashSet(StringComparer.Ordinal);
        return new SettingLayers(
        [
            .. text.Entries.Where(entry => !overridden.Contains(entry.Path))
                .Select(entry => (entry, SettingLayer.File, $"{file}, {entry.Place}")),
            .. variables.Select(variable =>
                (CreateEntry(variable.Path, variable.Value), SettingLayer.Variable, $"the variable {variable.Name}")),
            .. flags.Select(flag => (CreateEntry(flag.Path, flag.Value), SettingLayer.Flag, flag.Flag)),
        ]);
    }

    /// <summary>Makes the flag that names the file.</summary>
    public static Option<string?> CreateOption() => new("--config")
    {
        Description = "Settings in HOCON, which override the defaults; variables ACTORPOOL__... override them, and flags override both.",
        HelpName = "FILE",
    };

    /// <summary>Reads all settings with their defaults, in the order of <c>reference.conf</c>.</summary>
    public static IReadOnlyList<HoconEntry> ReadDefaults()
    {
        using var stream = typeof(WorkerPool).Assembly.GetManifestResourceStream("ActorPool.reference.conf")!;
        using var reader = new StreamReader(stream);
        return new HoconText("reference.conf", reader.ReadToEnd()).Entries;
    }

    /// <summary>Describes the engine's faults by the file, variable or flag of each setting.</summary>
    public NodeException Describe(SettingsException error) => CreateError(FormatProblems(error), error);

    /// <summary>The same faults, one by one.</summary>
    public IEnumerable<string> FormatProblems(SettingsException error) => error.Faults.Select(fault => fault.FormatProblem(Rename));

    /// <summary>Replaces an option or a place in the text by its flag or its origin.</summary>
    private object? Rename(object? argument) => argument switch
    {
        SettingsPlace place => _origins[place.Line - 1],
        SettingsOption { Name: nameof(PoolNodeOptions.Config) } => "the configuration",
        SettingsOption option => $"--{option.Name.ToLowerInvariant()}",
        _ => argument,
    };

    private static HoconEntry CreateEntry(string path, string value) => new(path, value, HoconText.Quote(value), new HoconPlace(1, 1));

    private static NodeException CreateError(IEnumerable<string> problems, Exception? cause = null)
    {
        var all = problems.ToList();
        return new NodeException($"The settings are not valid:{SettingsException.FormatList(all)}", cause)
        {
            Problems = all,
            ExitCode = CommandLine.WrongConfiguration,
        };
    }

    // Others that begin so are not ours: Kubernetes sets ACTORPOOL_SERVICE_HOST beside a service of that name.
    private static IEnumerable<string> FindMisspelt(IDictionary environment) =>
        from name in environment.Keys.OfType<string>().Order(StringComparer.Ordinal)
        where s_misspelt.Value.ContainsKey(name)
        select $"The variable {name} names no setting. Write two underscores for each dot: {s_misspelt.Value[name]}.";

    private static Dictionary<string, string> FindMisspelt()
    {
        return ReadDefaults()
            .Select(entry => entry.Path.Replace('-', '_').ToUpperInvariant())
            .ToDictionary(
                path => path.Replace('.', '_'), path => path.Replace(".", "__", StringComparison.Ordinal),
                StringComparer.OrdinalIgnoreCase);
    }

    private static List<Variable> ReadVariables(IDictionary environment)
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

    private static IEnumerable<string> FindFaults(Variable variable)
    {
        if (variable.Keys.Any(key => key.Length == 0 || key[0] == '-' || key[^1] == '-'))
        {
            yield return $"The variable {variable.Name} names no setting: write two underscores for each dot and one for each dash, "
                + "such as ACTORPOOL__CLUSTER__DRAIN_TIMEOUT for actorpool.cluster.drain-timeout.";
        }
        if (variable.Value.Any(char.IsControl))
            yield return $"The variable {variable.Name} has a line break or another control character in its value. Remove it.";
    }

    private static string FormatNames(IEnumerable<Variable> variables, string path) =>
        string.Join(
            ", ", variables.Where(variable => variable.Path.Equals(path, StringComparison.Ordinal)).Select(variable => variable.Name));

    private static string ReadFile(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var bytes = new byte[MaxFileBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxFileBytes)
            {
                throw CreateError(
                    [$"{file} has more than [{MaxFileBytes}] bytes, too many for a configuration. Give --config a HOCON file."]);
            }
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var problem = e is DecoderFallbackException ? "is not UTF-8. Save it as UTF-8." : $"cannot be read: {e.Message}";
            throw CreateError([$"--config is [{file}], which {problem}"], e);
        }
    }

    private sealed record Variable(string Name, string Value)
    {
        public string[] Keys { get; } = [.. Name[Prefix.Length..].ToLowerInvariant().Split("__").Select(key => key.Replace('_', '-'))];

        public string Path => HoconText.FormatPath(["actorpool", .. Keys]);
    }
}

/// <summary>One setting in effect.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Value">Its value.</param>
/// <param name="Layer">What it was set by.</param>
/// <param name="Origin">Where exactly, for people: a line of a file, a variable, a flag.</param>
internal sealed record LayeredSetting(string Path, string Value, SettingLayer Layer, string Origin);

/// <summary>What a setting was set by; a later layer overrides an earlier one.</summary>
internal enum SettingLayer
{
    Default,
    File,
    Variable,
    Flag,
}
