using NodaTime;

namespace ConvertersSample;

/// <summary>A time on the clocks of a place.</summary>
internal sealed record Meeting(string Place, DateTimeZone Zone, LocalDateTime Start)
{
    public Instant ToInstant() => Start.InZoneLeniently(Zone).ToInstant();
}
