using ActorPool;
using ConvertersSample;
using NodaTime;

// A zone of NodaTime cannot travel by its fields: the pool is told how it does.
var address = args is [var seed] ? seed : "127.0.0.1:8110";
await using var pool = await WorkerPool.ConnectAsync(address, new WorkerPoolOptions { Converters = [new ZoneConverter()] });

var start = new LocalDateTime(2026, 7, 1, 9, 0);
string[] zones = ["Europe/Berlin", "America/New_York", "Asia/Tokyo"];
var meetings = zones.Select(zone => new Meeting(zone, DateTimeZoneProviders.Tzdb[zone], start)).ToArray();

// Inputs, captured variables and results pass through the converter.
var berlin = meetings[0].Zone;
var seen = await pool.MapAsync(meeting => (Local: meeting.ToInstant().InZone(berlin).LocalDateTime, meeting.Zone), meetings);

foreach (var (meeting, (local, zone)) in meetings.Zip(seen))
    Console.WriteLine($"9:00 in {meeting.Place} is {local:HH:mm} in Berlin; same zone: {ReferenceEquals(zone, meeting.Zone)}");
