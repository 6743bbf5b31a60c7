using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorPool.Diagnostics;

/// <summary>A number that tells whether two processes convert times alike.</summary>
/// <remarks>
/// Ids and adjustment rules do not tell: one zone has several names, systems write the same rules differently, and Windows knows little of
/// the past. So the fingerprint is of what a zone does: its offsets from UTC, and the minutes at which they change, in the years 2020 to
/// 2039.
/// </remarks>
internal static class ZoneFingerprint
{
    private static readonly DateTime s_from = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime s_to = new(2040, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Shorter than the time between any two changes, such as those around Morocco's Ramadan.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromDays(5);

    /// <summary>Returns the same number for zones that always have the same offset.</summary>
    /// <remarks>Costs less than a millisecond.</remarks>
    public static ulong Create(TimeZoneInfo zone)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> change = stackalloc byte[16];
        var offset = zone.GetUtcOffset(s_from);
        Append(hash, change, s_from, offset);
        for (var at = s_from; at < s_to; at += s_step)
        {
            var next = zone.GetUtcOffset(at + s_step);
            if (next == offset)
                continue;
            Append(hash, change, FindChange(zone, at, at + s_step, offset), next);
            offset = next;
        }
        return BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset());
    }

    /// <summary>Finds the first minute that has another offset than <paramref name="before"/>.</summary>
    private static DateTime FindChange(TimeZoneInfo zone, DateTime from, DateTime to, TimeSpan before)
    {
        while (to - from > TimeSpan.FromMinutes(1))
        {
            var middle = from + TimeSpan.FromMinutes(Math.Floor((to - from).TotalMinutes / 2));
            if (zone.GetUtcOffset(middle) == before)
                from = middle;
            else
                to = middle;
        }
        return to;
    }

    private static void Append(IncrementalHash hash, Span<byte> change, DateTime at, TimeSpan offset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(change, at.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(change[8..], offset.Ticks);
        hash.AppendData(change);
    }
}
