using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>The bits with which a local time travels.</summary>
/// <remarks>
/// Those of <see cref="DateTime.ToBinary"/>, with the ticks of the universal time. <see cref="DateTime.MinValue"/> and
/// <see cref="DateTime.MaxValue"/> stand for "never" in programs, and stay what they are in every time zone. Other times within a day of
/// them may have no universal time, or no local time elsewhere: .NET would move them by a day.
/// </remarks>
internal static class LocalTimeBits
{
    private const ulong Local = 0x8000_0000_0000_0000;
    private const long TicksMask = 0x3FFF_FFFF_FFFF_FFFF;
    private const long First = unchecked((long)0xBFFF_FFFF_FFFF_FFFE); // no time has so many ticks
    private const long Last = unchecked((long)0xBFFF_FFFF_FFFF_FFFF);

    /// <summary>Changes a local time in memory into what travels.</summary>
    /// <exception cref="PayloadException">It has no universal time.</exception>
    public static long Write(long bits)
    {
        var local = Unsafe.BitCast<long, DateTime>(bits);
        if (local.Ticks == DateTime.MinValue.Ticks)
            return First;
        if (local.Ticks == DateTime.MaxValue.Ticks)
            return Last;
        if (IsNearEnd(local.Ticks) && !IsTime(local.Ticks - TimeZoneInfo.Local.GetUtcOffset(local).Ticks))
        {
            throw new PayloadException(
                $"The local time [{local:s}] is so near to the end of the calendar that it has no universal time in the zone "
                + $"[{TimeZoneInfo.Local.Id}]. Send DateTime.MinValue or DateTime.MaxValue for never, or a time of the kind Utc.");
        }
        return local.ToBinary();
    }

    /// <summary>Changes what travelled into a local time in memory.</summary>
    /// <exception cref="PayloadException">It is no time, or has no local time here.</exception>
    public static long Read(long bits)
    {
        if (bits is First or Last)
            return unchecked((long)Local) | (bits == First ? DateTime.MinValue : DateTime.MaxValue).Ticks;
        var ticks = bits & TicksMask;
        if (!IsTime(ticks))
            throw new PayloadException($"[{bits}] is not a local time.");
        if (IsNearEnd(ticks)
            && !IsTime(ticks + TimeZoneInfo.Local.GetUtcOffset(new DateTime(ticks, DateTimeKind.Utc)).Ticks))
        {
            throw new PayloadException(
                $"The instant [{new DateTime(ticks, DateTimeKind.Utc):s}Z] is so near to the end of the calendar that it has no local time "
                + $"in the zone [{TimeZoneInfo.Local.Id}] of the process that reads it. Send a time of the kind Utc.");
        }
        return Unsafe.BitCast<DateTime, long>(DateTime.FromBinary(bits));
    }

    private static bool IsTime(long ticks) => ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;

    private static bool IsNearEnd(long ticks) =>
        ticks < TimeSpan.TicksPerDay || ticks > DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay;
}
