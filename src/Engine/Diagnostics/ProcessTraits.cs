using System.Globalization;
using System.Runtime.InteropServices;

namespace ActorPool.Diagnostics;

/// <summary>The settings of a process that change the results of its functions.</summary>
/// <param name="Cultures">Which cultures it supports.</param>
/// <param name="IcuVersion">
/// The version of ICU, its library of cultures, with the major one in the highest byte; 0 if it uses none, or does not tell.
/// </param>
/// <param name="TimeZone">The id of its time zone.</param>
/// <param name="ZoneRules">What that zone does, as a <see cref="ZoneFingerprint"/>.</param>
/// <param name="Culture">The name of the culture in which its functions run; empty for the invariant one.</param>
internal sealed record ProcessTraits(CultureSupport Cultures, int IcuVersion, string TimeZone, ulong ZoneRules, string Culture)
{
    private static readonly Lazy<ProcessTraits> s_measured = new(Measure);

    /// <summary>The traits of this process.</summary>
    /// <value>Measured once, at the cost of some milliseconds, but for the culture, which a program may set.</value>
    public static ProcessTraits Current => CultureInfo.DefaultThreadCurrentCulture is { } chosen
        ? s_measured.Value with { Culture = chosen.Name }
        : s_measured.Value;

    private static ProcessTraits Measure()
    {
        var cultures = CultureProbe.Measure(); // loads ICU, which then tells its version
        var zone = TimeZoneInfo.Local;
        return new ProcessTraits(cultures, ReadIcuVersion(), zone.Id, ZoneFingerprint.Create(zone), ReadCulture());
    }

    // That of this thread may be one that the caller chose for itself.
    private static string ReadCulture()
    {
        var name = "";
        var thread = new Thread(() => name = CultureInfo.CurrentCulture.Name);
        thread.UnsafeStart();
        thread.Join();
        return name;
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
