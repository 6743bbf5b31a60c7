using System.Globalization;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Turns time zones into texts and back.</summary>
/// <remarks>
/// A zone of the system travels by its id, with a number that follows from its offsets: where the same id means other rules, it is not the
/// same zone. A zone that the program made travels with its rules.
/// </remarks>
internal static class TimeZones
{
    private const int FirstYear = 1970, LastYear = 2050;

    public static string Write(TimeZoneInfo value, PayloadContext context)
    {
        if (ReferenceEquals(value, TimeZoneInfo.Utc))
            return "";
        if (TimeZoneInfo.TryFindSystemTimeZoneById(value.Id, out var ofSystem) && ofSystem.HasSameRules(value))
            return $"{GetFingerprint(value)} {value.Id}";
        var text = value.ToSerializedString();
        return TryParse(text) is { } copy && copy.Equals(value)
            ? $"- {text}"
            : throw context.CreateError($"The time zone [{value.Id}] cannot be written as text.", "Make it where it is used.");
    }

    public static TimeZoneInfo Read(string text)
    {
        if (text.Length == 0)
            return TimeZoneInfo.Utc;
        var end = text.IndexOf(' ', StringComparison.Ordinal);
        if (text.StartsWith("- ", StringComparison.Ordinal))
            return TryParse(text[2..]) ?? throw new MessagePackSerializationException("The text is no time zone.");
        var id = text[(end + 1)..];
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
            throw new MessagePackSerializationException($"This machine has no time zone [{id}]: install the time zone data.");
        return string.Equals(text[..Math.Max(0, end)], GetFingerprint(zone), StringComparison.Ordinal)
            ? zone
            : throw new MessagePackSerializationException(
                $"The time zone [{id}] has other rules on this machine: update the time zone data of the older one.");
    }

    private static TimeZoneInfo? TryParse(string text)
    {
        try
        {
            return TimeZoneInfo.FromSerializedString(text);
        }
        catch (Exception e) when (e is System.Runtime.Serialization.SerializationException or ArgumentException)
        {
            return null; // .NET does not read all that it writes, for example rules whose offset changed over the years
        }
    }

    // FNV-1a over the offsets of each month. Hash codes of .NET differ from process to process.
    private static string GetFingerprint(TimeZoneInfo zone)
    {
        var hash = 2166136261u;
        for (var time = new DateTime(FirstYear, 1, 15, 0, 0, 0, DateTimeKind.Utc); time.Year < LastYear; time = time.AddMonths(1))
            hash = (hash ^ (uint)(int)zone.GetUtcOffset(time).TotalMinutes) * 16777619u;
        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
