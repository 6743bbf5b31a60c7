using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ActorPool.Hosting.Configuration;

/// <summary>Reads a section of the host's configuration; a key that means nothing is a fault.</summary>
internal sealed class SectionReader
{
    private static readonly string[] s_words = ["auto", "on", "off", "none", "process", "warn", "refuse", "ignore", "log"];

    private readonly Dictionary<string, (string Name, Func<string, bool> TrySet, string Wanted)> _options = new(StringComparer.Ordinal);
    private readonly Func<string, bool>? _isRead;

    /// <param name="isRead">Tells which keys directly in the section to read; null for all.</param>
    public SectionReader(Func<string, bool>? isRead = null) => _isRead = isRead;

    /// <summary>Adds an option that is a text, or a list of texts.</summary>
    public void AddText(string name, Action<string> set) => Add(name, "a text", value =>
    {
        set(value);
        return true;
    });

    /// <summary>Adds an option that is a whole number.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="set">Sets it.</param>
    /// <param name="max">The largest number that the option can hold, and minus the smallest.</param>
    /// <param name="word">A word that leaves the option as it is.</param>
    public void AddNumber(string name, Action<long> set, long max = int.MaxValue, string? word = null) =>
        Add(name, "a whole number", value => TrySetNumber(value, set, max, word));

    /// <summary>Adds an option that is true or false.</summary>
    public void AddFlag(string name, Action<bool> set) => Add(name, "true or false", value =>
    {
        if (!bool.TryParse(value, out var flag))
            return false;
        set(flag);
        return true;
    });

    /// <summary>Sets the options that the section has.</summary>
    /// <returns>Everything else that it has.</returns>
    public SectionSettings Read(IConfigurationSection section)
    {
        var settings = new List<ConfiguredSetting>();
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        List<string> faults = SectionValues.FindOwn(section, "Workers") is { } own ? [own] : [];
        foreach (var (relative, value) in SectionValues.List(section, _isRead))
        {
            var key = $"{section.Path}:{relative}";
            if (_options.TryGetValue(ReferenceKeys.Normalize(relative), out var option))
            {
                if (!options.TryAdd(option.Name, key))
                    faults.Add($"{key} is set, and so is {options[option.Name]}, which is the same key. Keep one.");
                else if (!option.TrySet(value))
                    faults.Add($"{key} is [{value}]. Set {option.Wanted}.");
            }
            else if (ReferenceKeys.Find(relative) is not { } path)
            {
                faults.Add($"{key} is an unknown key; its value is [{value}]. Remove it, or take one of {ListKnown(relative)}.");
            }
            else if (settings.Find(other => other.Path.Equals(path, StringComparison.Ordinal)) is { } other)
            {
                faults.Add($"{key} is set, and so is {other.Key}, which is the same key. Keep one.");
            }
            else
            {
                settings.Add(new ConfiguredSetting(key, path, ToHocon(value)));
            }
        }
        return new SectionSettings(settings, options, faults);
    }

    private static bool TrySetNumber(string value, Action<long> set, long max, string? word)
    {
        if (value.Equals(word, StringComparison.OrdinalIgnoreCase))
            return true;
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || number > max || number < -max)
        {
            return false;
        }
        set(number);
        return true;
    }

    private void Add(string name, string wanted, Func<string, bool> trySet) =>
        _options.Add(ReferenceKeys.Normalize(name), (name, trySet, wanted));

    private string ListKnown(string relative)
    {
        var known = ReferenceKeys.ListSiblings(relative);
        if (!relative.Contains(':', StringComparison.Ordinal))
            known = _options.Values.Select(option => option.Name).Concat(known).Distinct(StringComparer.OrdinalIgnoreCase);
        var list = string.Join(", ", known);
        return list.Length > 0 ? list : "the keys of reference.conf";
    }

    /// <summary>Writes a value as HOCON has it: on and off, durations with a unit.</summary>
    private static string ToHocon(string value)
    {
        if (bool.TryParse(value, out var flag))
            return flag ? "on" : "off";
        if (value.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParseExact(value, "c", CultureInfo.InvariantCulture, out var duration))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
        }
        return Array.Find(s_words, word => word.Equals(value, StringComparison.OrdinalIgnoreCase)) ?? value;
    }
}
