using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorPool.Hosting;

/// <summary>The typed settings of one section; faults are collected, so that one message can name them all.</summary>
/// <remarks>
/// Akka answers 0 for a missing number and never mentions a key that nobody knows. Here what is asked for must be there, and <see cref="RefuseOthers"/>
/// refuses what nobody asked for.
/// </remarks>
internal sealed class HoconSection
{
    private readonly string _name;
    private readonly HoconText _written;
    private readonly List<string> _faults;
    private readonly SortedDictionary<string, string?> _values = new(StringComparer.Ordinal); // null: a section without contents
    private readonly List<string> _known = [];

    /// <param name="name">The section's key.</param>
    /// <param name="config">All settings, one layer over another.</param>
    /// <param name="written">The text that the user wrote, for the places of faults.</param>
    /// <param name="faults">Gets the faults.</param>
    public HoconSection(string name, Config config, HoconText written, List<string> faults)
    {
        (_name, _written, _faults) = (name, written, faults);
        // The root of a configuration with fallbacks is all of its layers merged.
        if (config.Root is { } root && root.IsObject() && root.GetObject().Items.TryGetValue(name, out var section))
            Flatten([name], section);
    }

    /// <summary>Akka's durations, without those that its parser throws at; false if this is none.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        var number = text.AsSpan(0, text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end);
        if (end > 0 && text[end] == '.' && text.AsSpan(end + 1).IndexOfAnyExceptInRange('0', '9') is not 0 and var fraction)
            number = fraction < 0 ? text : text.AsSpan(0, end + 1 + fraction);
        var ticks = text[number.Length..].Trim() switch
        {
            "ms" or "milli" or "millis" or "millisecond" or "milliseconds" or "" => TimeSpan.TicksPerMillisecond,
            "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
            "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
            "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
            "d" or "day" or "days" => TimeSpan.TicksPerDay,
            _ => 0,
        };
        duration = default;
        if (ticks == 0 || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count * ticks >= long.MaxValue)
            return false;
        duration = TimeSpan.FromTicks((long)Math.Round(count * ticks));
        return true;
    }

    public int Whole(string key, int least, int most) =>
        Read(key, $"a whole number, {least} to {most}", text => TryWhole(text, least, most));

    /// <summary>A whole number, or the word for one.</summary>
    public int WholeOr(string key, string word, int meaning, int least, int most) =>
        Read(key, $"[{word}] or a whole number, {least} to {most}", text => word.Equals(text, StringComparison.Ordinal) ? meaning : TryWhole(text, least, most));

    public TimeSpan Duration(string key, string least, string most)
    {
        _ = TryDuration(least, out var from) & TryDuration(most, out var to);
        return Read(key, $"a duration of {least} to {most}, in ms, s, m, h or d (such as 1.5s)",
            text => TryDuration(text, out var duration) && duration >= from && duration <= to ? duration : (TimeSpan?)null);
    }

    /// <summary>A number of bytes, with Akka's units.</summary>
    public long Bytes(string key, string least, string most)
    {
        _ = TryBytes(least, out var from) & TryBytes(most, out var to);
        return Read(key, $"a size of {least} to {most}, in B, kB, KiB, MB, MiB, GB or GiB (such as 64MiB)",
            text => TryBytes(text, out var bytes) && bytes >= from && bytes <= to ? bytes : (long?)null);
    }

    public bool OnOff(string key) => Read(key, "on or off", text => text switch { "on" or "true" => true, "off" or "false" => false, _ => (bool?)null });

    /// <summary>A text; the setting's section says which words have a meaning of their own.</summary>
    public string Text(string key) => Read(key, "a text", text => text.Length > 0 ? new Word(text) : (Word?)null).Text ?? "";

    /// <summary>Keys, or sections with all that is in them, whose values are Akka's to judge.</summary>
    public void Leave(params IEnumerable<string> keys) => _known.AddRange(keys.Select(PathOf));

    /// <summary>The last call: refuses all keys that were neither read nor left.</summary>
    public void RefuseOthers()
    {
        foreach (var (path, value) in _values)
        {
            if (_known.Exists(known => IsWithin(path, known)))
                continue;
            if (!IsSection(path))
                _faults.Add($"{path} is an unknown key{Where(path)}; its value is [{value}]. Remove it, or take one of {KeysBeside(path)}.");
            else if (value is not null)
                _faults.Add($"{path} is [{value}]{Where(path)}, but it is a section. Write {path} {{ … }}.");
        }
    }

    private static bool TryBytes(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end;
        var unit = text[digits..].Trim() switch
        {
            "" or "B" => 1L,
            "kB" => 1000,
            "KiB" => 1024,
            "MB" => 1000 * 1000,
            "MiB" => 1024 * 1024,
            "GB" => 1000 * 1000 * 1000,
            "GiB" => 1024 * 1024 * 1024,
            _ => 0,
        };
        if (unit == 0 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > long.MaxValue / unit)
            return false;
        bytes = count * unit;
        return true;
    }

    private bool IsSection(string path) => path.Length == _name.Length || _known.Exists(known => IsWithin(known, path));

    private string KeysBeside(string path)
    {
        do
            path = path[..path.LastIndexOf('.')];
        while (!IsSection(path));
        return string.Join(", ", _known.Where(known => IsWithin(known, path)).Select(known => HoconText.Root(known[(path.Length + 1)..])).Distinct(StringComparer.Ordinal));
    }

    private static bool IsWithin(string path, string section) =>
        path.StartsWith(section, StringComparison.Ordinal) && (path.Length == section.Length || path[section.Length] == '.');

    private static int? TryWhole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private T Read<T>(string key, string expected, Func<string, T?> parse)
        where T : struct
    {
        var path = PathOf(key);
        _known.Add(path);
        if (_values.TryGetValue(path, out var text) && text is not null)
        {
            if (parse(text) is { } value)
                return value;
            _faults.Add($"{path} is [{text}]{Where(path)}. Write {expected}.");
        }
        else if (_values.Keys.FirstOrDefault(other => IsWithin(other, path)) is { } inner)
            _faults.Add($"{path} is a section{Where(inner)}. Write {expected}.");
        else if (!_values.Any(other => other.Value is not null && IsWithin(path, other.Key))) // one in its section's place is reported by itself
            _faults.Add($"{path} is missing. Write {expected}.");
        return default;
    }

    private string PathOf(string key) => $"{_name}.{key}";

    private string Where(string path) => _written.Where(path) is { Length: > 0 } place ? place : " (the actor system's configuration)";

    private readonly record struct Word(string Text);

    private void Flatten(string[] keys, HoconValue value)
    {
        if (!value.IsObject())
            _values[HoconText.PathOf(keys)] = value.IsArray() ? value.ToString() : value.GetString();
        else if (value.GetObject().Items is { Count: > 0 } items)
            foreach (var (key, inner) in items)
                Flatten([.. keys, key], inner);
        else
            _values[HoconText.PathOf(keys)] = null;
    }
}
