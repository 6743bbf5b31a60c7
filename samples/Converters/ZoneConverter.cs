using ActorPool;
using NodaTime;

namespace ConvertersSample;

/// <summary>Sends a zone as its id.</summary>
/// <remarks>NodaTime keeps one object for each zone, with a cache that is of no use elsewhere.</remarks>
internal sealed class ZoneConverter : PayloadConverter<DateTimeZone, string>
{
    public override string ToSurrogate(DateTimeZone value) => value.Id;

    public override DateTimeZone FromSurrogate(string surrogate) => DateTimeZoneProviders.Tzdb[surrogate];
}
