using System.Globalization;
using System.Net;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorPool.Configuration;

/// <summary>Reads the typed settings of one section and collects all faults.</summary>
/// <remarks>
/// One message can then name all faults. Akka returns 0 for a missing number and does not report an unknown key. Here each key that is read
/// must exist, and <see cref="RefuseOthers"/> refuses the keys that were not read.
/// </remarks>
internal sealed class HoconSection
{
    private readonly string _name;
    private readonly HoconText _written;
    private readonly List<SettingsFault> _faults;
    private readonly SortedDictionary<string, string?> _values = new(StringComparer.Ordinal); // null: an empty section
    private readonly List<string> _known = [];

    /// <param name="name">The section's key.</param>
    /// <param name="config">All settings, with all layers.</param>
    /// <param name="written">The text that the user wrote, for the places of faults.</param>
    /// <param name="faults">Receives the faults.</param>
    public HoconSection(string name, Config config, HoconText written, List<SettingsFault> faults)
    {
        (_name, _written, _faults) = (name, written, faults);
        // The root of a configuration with fallbacks has all its layers merged.
        if (config.Root is { } root && root.IsObject() && root.GetObject().Items.TryGetValue(name, out var section))
            Flatten([name], section);
    }

    /// <summary>Reads a duration as Akka writes it, except forms at which Akka's parser throws.</summary>
    /// <returns>False if the text is not such a duration.</returns>
    public static bool TryReadDuration(string text, out TimeSpan duration)
    {
        var number = text.AsSpan(0, text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end);
        if (end > 0 && text[end] == '.' && text.AsSpan(end + 1).IndexOfAnyExceptInRange('0', '9') is not 0 and var fraction)
            number = fraction < 0 ? text : text.AsSpan(0, end + 1 + fraction);
        var ticks = text[number.Length..].Trim() switch
        {
            "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
            "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
            "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
            "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
            "d" or "day" or "days" => TimeSpan.TicksPerDay,
            "" when number.TrimStart('0').IsEmpty && number.Length > 0 => TimeSpan.TicksPerMillisecond, // nothing, in any unit
            _ => 0,
        };
        duration = default;
        if (ticks == 0 || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || count * ticks >= long.MaxValue)
        {
            return false;
        }
        duration = TimeSpan.FromTicks((long)Math.Round(count * ticks));
        return true;
    }

    public int ReadInt32(string key, int min, int max) =>
        Read(key, $"a whole number, {min} to {max}", text => TryReadInt32(text, min, max));

    /// <summary>Reads a whole number, or a word that stands for one.</summary>
    public int ReadInt32Or(string key, string word, int meaning, int min, int max) =>
        Read(
            key, $"[{word}] or a whole number, {min} to {max}",
            text => word.Equals(text, StringComparison.Ordinal) ? meaning : TryReadInt32(text, min, max));

    public TimeSpan ReadDuration(string key, string min, string max)
    {
        _ = TryReadDuration(min, out var from) & TryReadDuration(max, out var to);
        return Read(key, $"a duration of {min} to {max}, with its unit: ms, s, m, h or d (such as 1.5s)",
            text => TryReadDuration(text, out var duration) && duration >= from && duration <= to ? duration : (TimeSpan?)null);
    }

    /// <summary>Reads a number of bytes, with Akka's units.</summary>
    public long ReadBytes(string key, string min, string max)
    {
        _ = TryReadBytes(min, out var from) & TryReadBytes(max, out var to);
        return Read(key, $"a size of {min} to {max}, in B, kB, KiB, MB, MiB, GB or GiB (such as 64MiB)",
            text => TryReadBytes(text, out var bytes) && bytes >= from && bytes <= to ? bytes : (long?)null);
    }

    public bool ReadOnOff(string key) =>
        Read(key, "on or off", text => text switch { "on" or "true" => true, "off" or "false" => false, _ => (bool?)null });

    /// <summary>Reads one of several words.</summary>
    public T ReadWord<T>(string key, params (string Word, T Meaning)[] words)
        where T : struct =>
        Read(
            key, string.Join(" or ", words.Select(w => $"[{w.Word}]")),
            text => Array.FindIndex(words, w => w.Word.Equals(text, StringComparison.Ordinal)) is >= 0 and var at
                ? words[at].Meaning
                : (T?)null);

    /// <summary>Reads where a server listens.</summary>
    /// <returns>Null if the value is the given word.</returns>
    public IPEndPoint? ReadListenAddressOr(string key, string word) => Read(
        key, $"[{word}] or {ListenAddress.Form}",
        text => text.Equals(word, StringComparison.Ordinal) ? new Listener(null)
            : ListenAddress.TryParse(text) is { } at ? new Listener(at) : (Listener?)null).At;

    /// <summary>Reads a text that is not empty; words with a special meaning are the caller's.</summary>
    public string ReadText(string key) => Read(key, "a text", text => text.Length > 0 ? new Word(text) : (Word?)null).Text ?? "";

    /// <summary>Accepts keys, or whole sections, whose values Akka checks.</summary>
    public void LeaveToAkka(params IEnumerable<string> keys) => _known.AddRange(keys.Select(FormatPath));

    /// <summary>Reads an IP address, or a word that stands for none.</summary>
    public IPAddress? ReadIPAddressOr(string key, string word) =>
        Read(
            key, $"[{word}] or an IP address",
            text => word.Equals(text, StringComparison.Ordinal) ? new Place(null)
                // A number alone is an address to .NET, too.
                : text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out var address) ? new Place(address)
                : (Place?)null).Address;

    /// <summary>Refuses all keys that were neither read nor left to Akka; must be called last.</summary>
    public void RefuseOthers()
    {
        foreach (var (path, value) in _values)
        {
            if (_known.Exists(known => IsWithin(path, known)))
                continue;
            if (!IsSection(path))
                Add(path, path, $"is an unknown key", $"; its value is [{value}]. Remove it, or take one of {ListSiblingKeys(path)}.");
            else if (value is not null)
                Add(path, path, $"is [{value}]", $", but it is a section. Write {path} {{ … }}.");
        }
    }

    private static bool TryReadBytes(string text, out long bytes)
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
        if (unit == 0 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > long.MaxValue / unit)
        {
            return false;
        }
        bytes = count * unit;
        return true;
    }

    private bool IsSection(string path) => path.Length == _name.Length || _known.Exists(known => IsWithin(known, path));

    private string ListSiblingKeys(string path)
    {
        do
            path = path[..path.LastIndexOf('.')];
        while (!IsSection(path));
        var siblings = _known.Where(known => IsWithin(known, path)).Select(known => HoconText.GetFirstKey(known[(path.Length + 1)..]));
        return string.Join(", ", siblings.Distinct(StringComparer.Ordinal));
    }

    private static bool IsWithin(string path, string section) =>
        path.StartsWith(section, StringComparison.Ordinal) && (path.Length == section.Length || path[section.Length] == '.');

    private static int? TryReadInt32(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : null;

    private T Read<T>(string key, string expected, Func<string, T?> parse)
        where T : struct
    {
        var path = FormatPath(key);
        _known.Add(path);
        if (_values.TryGetValue(path, out var text) && text is not null)
        {
            if (parse(text) is { } value)
                return value;
            Add(path, path, $"is [{text}]", $". Write {expected}.");
        }
        else if (_values.Keys.FirstOrDefault(other => IsWithin(other, path)) is { } inner)
            Add(path, inner, $"is a section", $". Write {expected}.");
        // A value in a section's place is reported itself, so the section's keys are not reported as missing.
        else if (!_values.Any(other => other.Value is not null && IsWithin(path, other.Key)))
            _faults.Add(new SettingsFault(path, null, $"{path} is missing. Write {expected}."));
        return default;
    }

    private string FormatPath(string key) => $"{_name}.{key}";

    /// <param name="path">The setting.</param>
    /// <param name="written">The path whose place is reported: the setting's, or one within it.</param>
    /// <param name="what">What is wrong; the place follows it.</param>
    /// <param name="advice">The text after the place.</param>
    private void Add(string path, string written, FormattableString what, FormattableString advice)
    {
        var place = _written.Find(written);
        object where = place is null ? "the actor system's configuration" : place;
        _faults.Add(new SettingsFault(path, place, $"{path} {what} ({where}){advice}"));
    }

    private readonly record struct Word(string Text);

    private readonly record struct Listener(IPEndPoint? At);

    private readonly record struct Place(IPAddress? Address);

    private void Flatten(string[] keys, HoconValue value)
    {
        if (!value.IsObject())
            _values[HoconText.FormatPath(keys)] = value.IsArray() ? value.ToString() : value.GetString();
        else if (value.GetObject().Items is { Count: > 0 } items)
            foreach (var (key, inner) in items)
                Flatten([.. keys, key], inner);
        else
            _values[HoconText.FormatPath(keys)] = null;
    }
}
