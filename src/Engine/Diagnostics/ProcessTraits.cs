using System.Runtime.InteropServices;

namespace ActorPool.Diagnostics;

/// <summary>The settings of a process that change the results of its functions.</summary>
/// <param name="Cultures">Which cultures it supports.</param>
/// <param name="IcuVersion">
/// The version of ICU, its library of cultures, with the major one in the highest byte; 0 if it uses none, or does not tell.
/// </param>
/// <param name="TimeZone">The id of its time zone.</param>
/// <param name="ZoneRules">What that zone does, as a <see cref="ZoneFingerprint"/>.</param>
internal sealed record ProcessTraits(CultureSupport Cultures, int IcuVersion, string TimeZone, ulong ZoneRules)
{
    private static readonly Lazy<ProcessTraits> s_current = new(Measure);

    /// <summary>The traits of this process, measured once.</summary>
    /// <value>The first use costs some milliseconds.</value>
    public static ProcessTraits Current => s_current.Value;

    private static ProcessTraits Measure()
    {
        var cultures = CultureProbe.Measure(); // loads ICU, which then tells its version
        var zone = TimeZoneInfo.Local;
        return new ProcessTraits(cultures, ReadIcuVersion(), zone.Id, ZoneFingerprint.Create(zone));
    }

    private static int ReadIcuVersion()
    {
        try
        {
            return GetIcuVersion();
        }
        catch (TypeLoadException)
        {
            return 0; // this runtime has no such library or function
        }
    }

    [DllImport("libSystem.Globalization.Native", EntryPoint = "GlobalizationNative_GetICUVersion")]
    private static extern int GetIcuVersion();
}
