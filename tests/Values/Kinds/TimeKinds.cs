using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Dates and times; local ones keep their instant in another time zone.</summary>
public sealed class TimeKinds : IKindSource
{
    private static readonly DateTime s_instant = new(2026, 7, 1, 10, 30, 0, DateTimeKind.Utc);

    private static DateTime Local => s_instant.ToLocalTime();

    // Two times that are equal in the zone of the tests' node, and not here.
    private static DateTime[] Meeting
    {
        get
        {
            var zone = TimeZoneInfo.Local.BaseUtcOffset == TimeSpan.FromHours(9) ? "America/New_York" : "Asia/Tokyo";
            var there = TimeZoneInfo.ConvertTimeFromUtc(s_instant, TimeZoneInfo.FindSystemTimeZoneById(zone));
            return [Local, DateTime.SpecifyKind(there, DateTimeKind.Unspecified)];
        }
    }

    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("DateTime: UTC", () => s_instant, v => Of(v.Ticks, v.Kind)),
        Kind.Of("DateTime: unspecified", () => new DateTime(2026, 7, 1, 10, 30, 0), v => Of(v.Ticks, v.Kind)),
        Kind.Of("DateTime: local", () => Local, v => Instant(v)),
        Kind.Of("DateTime: local in winter", () => s_instant.AddMonths(6).ToLocalTime(), v => Instant(v)),
        Kind.Of("DateTime: local in the hour that comes twice",
            () => new DateTime(2026, 10, 25, 1, 30, 0, DateTimeKind.Utc).ToLocalTime(), v => Instant(v)),
        Kind.Of("DateTime: local, compared", () => Local, v => Of(v == Local, v.Equals(Local), v.CompareTo(Local))),
        Kind.Of("DateTime: local, between others", () => new[] { s_instant, Local, s_instant.AddHours(-1).ToLocalTime() },
            v => Items(v.Select(Instant))),
        Kind.Of("DateTime: smallest", () => DateTime.MinValue, v => Of(v.Ticks, v.Kind)),
        Kind.Of("DateTime: largest", () => DateTime.MaxValue, v => Of(v.Ticks, v.Kind)),
        Kind.Of("DateTime?: local", () => (DateTime?)Local, v => Instant(v!.Value)),
        Kind.Of("DateTime array: local", () => new[] { Local, Local.AddHours(1) }, v => Items(v.Select(Instant))),
        Kind.Of("DateTime list: local", () => new List<DateTime> { Local, Local.AddHours(1) }, v => Items(v.Select(Instant))),
        Kind.Of("DateTime[,]: local", () => new[,] { { Local }, { Local } }, v => Instant(v[1, 0])),
        Kind.Of("DateTime memory: local", () => new ReadOnlyMemory<DateTime>([Local]), v => Instant(v.Span[0])),
        Kind.Of("DateTime as key: local", () => new Dictionary<DateTime, int> { [Local] = 3 }, v => Of(v.ContainsKey(Local))),
        Kind.Of("HashSet: local and unspecified times", () => new HashSet<DateTime>(Meeting), v => Of(v.Count)),
        Kind.Of("FrozenSet: local and unspecified times", () => Meeting.ToFrozenSet(), v => Of(v.Count)),
        Kind.Of("ImmutableHashSet: local and unspecified times", () => Meeting.ToImmutableHashSet(), v => Of(v.Count)),
        Kind.Of("Dictionary: local and unspecified times", () => Meeting.ToDictionary(time => time, _ => 1), v => Of(v.Count)),
        Kind.Of("FrozenDictionary: local and unspecified times", () => Meeting.ToFrozenDictionary(time => time), v => Of(v.Count)),
        Kind.Of("ConcurrentDictionary: local and unspecified times",
            () => new ConcurrentDictionary<DateTime, int>(Meeting.Select(time => KeyValuePair.Create(time, 1))), v => Of(v.Count)),
        Kind.Of("ILookup: local and unspecified times", () => Meeting.ToLookup(time => time), v => Of(v.Count)),
        Kind.Of("SortedSet: local and unspecified times", () => new SortedSet<DateTime>(Meeting), v => Of(v.Count)),
        Kind.Of("HashSet: tuples with local and unspecified times", () => Meeting.Select(time => (time, 1)).ToHashSet(), v => Of(v.Count)),
        Kind.Of("DateTime in a struct: local", () => new Stamp { Time = Local, Number = 4 }, v => Of(Instant(v.Time), v.Number)),
        Kind.Of("DateTime in structs of an array: local", () => new[] { new Stamp { Time = Local } }, v => Instant(v[0].Time)),
        Kind.Of("DateTime in a record: local", () => new Entry("a", Local), v => Of(Instant(v.Time), v == new Entry("a", Local))),
        Kind.Of("DateTime in a tuple: local", () => (1, Local), v => Instant(v.Local)),
        Kind.Of("DateTime in a pair: local", () => KeyValuePair.Create(Local, 1), v => Instant(v.Key)),
        Kind.Of<object>("DateTime as object: local", () => Local, v => Instant((DateTime)v)),
        Kind.Of("DateTimeOffset", () => new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.FromHours(5.5)), v => Of(v.UtcTicks, v.Offset)),
        Kind.Of("DateTimeOffset: local", () => new DateTimeOffset(Local), v => Of(v.UtcTicks)),
        Kind.Of("DateOnly", () => new DateOnly(2026, 2, 28), v => Of(v.DayNumber)),
        Kind.Of("TimeOnly", () => new TimeOnly(23, 59, 58, 7), v => Of(v.Ticks)),
        Kind.Of("TimeSpan", () => TimeSpan.FromTicks(-123456789), v => Of(v.Ticks)),
        Kind.Of("TimeSpan?: null", () => (TimeSpan?)null, v => Of(v is null)),
        Kind.Of("TimeZoneInfo: by id", () => TimeZoneInfo.FindSystemTimeZoneById("America/New_York"),
            v => Of(v.Id, v.GetUtcOffset(s_instant), v.Equals(TimeZoneInfo.FindSystemTimeZoneById("America/New_York")))),
        Kind.Of("TimeZoneInfo: UTC", () => TimeZoneInfo.Utc, v => Of(v.Id, v.BaseUtcOffset, ReferenceEquals(v, TimeZoneInfo.Utc))),
        Kind.Of("TimeZoneInfo: of one's own", () => TimeZoneInfo.CreateCustomTimeZone("Mars", TimeSpan.FromMinutes(37), "Mars", "Mars"),
            v => Of(v.Id, v.GetUtcOffset(s_instant), v.StandardName)),
        Kind.Of("Calendar: Gregorian", () => new GregorianCalendar(), v => Of(v.GetDaysInMonth(2028, 2))),
        Kind.Of("Calendar: Japanese", () => new JapaneseCalendar(), v => Of(v.GetYear(s_instant))),
        Kind.Of<Calendar>("Calendar: as its base class", () => new HebrewCalendar(), v => Of(v.GetYear(s_instant))),
        Kind.Of("TimeProvider: the system's", () => TimeProvider.System, v => Of(ReferenceEquals(v, TimeProvider.System))),
    ];

    private static string Instant(DateTime time) => Of(time.ToUniversalTime().Ticks, time.Kind);

    public struct Stamp
    {
        public int Number;
        public DateTime Time;
    }

    public sealed record Entry(string Name, DateTime Time);
}
