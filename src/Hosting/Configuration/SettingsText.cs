using ActorPool.Configuration;

namespace ActorPool.Hosting.Configuration;

/// <summary>Keys of the host's configuration and a HOCON text as one text.</summary>
/// <remarks>Each setting has its own line, so that the place of a fault tells where the setting comes from.</remarks>
internal sealed class SettingsText
{
    private readonly List<string> _origins = [];
    private readonly SectionSettings _section;
    private readonly string _record;

    /// <param name="section">The settings of the configuration; they win.</param>
    /// <param name="config">The HOCON text; null for none.</param>
    /// <param name="record">The name of the options that have the text.</param>
    public SettingsText(SectionSettings section, string? config, string record)
    {
        (_section, _record) = (section, record);
        var text = new HoconText($"{record}.Config", config);
        var overridden = section.Settings.Select(setting => setting.Path).ToHashSet(StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var entry in text.Entries.Where(entry => !overridden.Contains(entry.Path)))
        {
            lines.Add($"{entry.Path} = {OnOneLine(entry.Literal)}");
            _origins.Add($"{record}.Config, {entry.Place}");
        }
        foreach (var setting in section.Settings)
        {
            lines.Add($"{setting.Path} = {OnOneLine(HoconText.Quote(setting.Value))}");
            _origins.Add(setting.Key);
        }
        Text = lines.Count == 0 ? null : string.Join('\n', lines);
        Faults = [.. section.Faults, .. text.Faults.Select(fault => fault.Problem)];
    }

    /// <summary>All settings; null if there are none.</summary>
    public string? Text { get; }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Describes a fault of the engine by the keys and options that a host has.</summary>
    public string Describe(SettingsFault fault) => fault.FormatProblem(argument => argument switch
    {
        SettingsPlace place when place.Line <= _origins.Count => _origins[place.Line - 1],
        SettingsOption option => _section.Options.GetValueOrDefault(option.Name, $"{_record}.{option.Name}"),
        _ => argument,
    });

    private static string OnOneLine(string literal) =>
        literal.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
