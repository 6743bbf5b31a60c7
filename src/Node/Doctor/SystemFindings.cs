using System.Globalization;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Node.Nodes;

namespace ActorPool.Node.Doctor;

/// <summary>What the system gives this process: cultures, processors, memory, directories, files.</summary>
internal static class SystemFindings
{
    private const long MinMemory = 256L << 20;
    private const long MinFiles = 4096;
    private const string Limits = "/proc/self/limits";
    private const string MemoryInfo = "/proc/meminfo";

    public static IEnumerable<Finding> Find(string? codeCache) =>
    [
        FindCultures(ProcessTraits.Current), FindZone(ProcessTraits.Current),
        FindResources(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, ReadMachineMemory(), Environment.ProcessorCount),
        .. FindDirectories(codeCache),
        .. File.Exists(Limits) && FindFiles(File.ReadLines(Limits)) is { } files ? [files] : Array.Empty<Finding>(),
    ];

    public static Finding FindCultures(ProcessTraits traits) => NodeCultures.FindFault(traits.Cultures) is { } fault
        ? new Finding(FindingLevel.Problem, "cultures", fault)
        : new Finding(
            FindingLevel.Ok, "cultures",
            $"ICU {FormatVersion(traits.IcuVersion)} has all cultures; functions run in "
            + $"{(traits.Culture.Length == 0 ? "the invariant one" : traits.Culture)}.");

    /// <summary>Checks the machine's memory and processors.</summary>
    /// <param name="available">Bytes that this process may use.</param>
    /// <param name="machine">Bytes of the machine; null if not known.</param>
    /// <param name="processors">Processors that it may use.</param>
    public static Finding FindResources(long available, long? machine, int processors)
    {
        // The system's own figures for one machine differ by some pages.
        var limited = machine is { } all && available < all * 0.95
            ? $", a limit of its container or group; the machine has {FormatBytes(all)}"
            : "";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{processors} {(processors == 1 ? "processor" : "processors")}, {FormatBytes(available)} of memory{limited}.");
        return available < MinMemory
            ? new Finding(FindingLevel.Warning, "resources", $"{text} A node needs some 100 MiB before it runs anything: raise the limit.")
            : new Finding(FindingLevel.Ok, "resources", text);
    }

    /// <summary>Checks the limit of open files in the lines of proc(5), self/limits.</summary>
    /// <returns>Null if it is not there.</returns>
    public static Finding? FindFiles(IEnumerable<string> lines)
    {
        const string Title = "Max open files";
        if (lines.FirstOrDefault(line => line.StartsWith(Title, StringComparison.Ordinal)) is not { } line)
            return null;
        var limit = line[Title.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("");
        return long.TryParse(limit, CultureInfo.InvariantCulture, out var files) && files < MinFiles
            ? new Finding(
                FindingLevel.Warning, "open files",
                $"At most {Format(files)} open files: each pool and node needs some, and worker processes more. Raise it to "
                + $"{Format(MinFiles)} or more (ulimit -n; LimitNOFILE= in systemd).")
            : new Finding(FindingLevel.Ok, "open files", $"At most {(files > 0 ? Format(files) : limit)}.");
    }

    /// <summary>Checks that a file can be made in a directory, or in its nearest parent.</summary>
    /// <returns>Why not; null if it can.</returns>
    public static string? FindUnwritable(string directory)
    {
        var existing = directory;
        while (!Directory.Exists(existing))
        {
            if (Path.GetDirectoryName(existing) is not { Length: > 0 } parent)
                return "it does not exist";
            existing = parent;
        }
        try
        {
            var file = Path.Combine(existing, $".actorpool-doctor-{Guid.NewGuid():N}");
            UserFiles.Create(file, FileMode.CreateNew).Dispose();
            File.Delete(file);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SafeText.GetReason(e);
        }
    }

    private static Finding FindZone(ProcessTraits traits) => TimeZoneInfo.Local.Equals(TimeZoneInfo.Utc) || TimeZoneInfo.Local.HasIanaId
        ? new Finding(FindingLevel.Ok, "time zone", $"{traits.TimeZone}.")
        : new Finding(
            FindingLevel.Warning, "time zone",
            $"{traits.TimeZone}, which is no zone of the time zone database: functions that use local times depend on it. "
            + "Install the data (tzdata), or set TZ.");

    private static IEnumerable<Finding> FindDirectories(string? codeCache)
    {
        var home = Environment.GetEnvironmentVariable("HOME") ?? "";
        yield return FindUnwritable(home.Length == 0 ? "/nonexistent" : home) is { } noHome
            ? new Finding(
                FindingLevel.Warning, "home",
                $"HOME is [{home}], and cannot be written: {noHome}. Without --certs, a node needs XDG_DATA_HOME for its development "
                + "certificate.")
            : new Finding(FindingLevel.Ok, "home", $"{home} can be written.");
        var cache = codeCache ?? UserFiles.GetCacheDirectory("modules");
        yield return FindUnwritable(cache) is { } noCache
            ? new Finding(
                FindingLevel.Warning, "code cache",
                $"[{cache}] cannot be written: {noCache}. Programs are sent again after each start of a node. "
                + "Set actorpool.cluster.code-cache or XDG_CACHE_HOME.")
            : new Finding(FindingLevel.Ok, "code cache", $"{cache} can be written.");
        var temporary = Path.GetTempPath();
        yield return FindUnwritable(temporary) is { } noTemporary
            ? new Finding(
                FindingLevel.Warning, "temporary files",
                $"[{temporary}] cannot be written: {noTemporary}. Worker processes and native libraries need it, and pools on this machine "
                + "use TCP. Set TMPDIR.")
            : new Finding(FindingLevel.Ok, "temporary files", $"{temporary} can be written.");
    }

    private static long? ReadMachineMemory()
    {
        if (!File.Exists(MemoryInfo))
            return null;
        var total = File.ReadLines(MemoryInfo).FirstOrDefault("").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return total is ["MemTotal:", var kibibytes, ..] && long.TryParse(kibibytes, CultureInfo.InvariantCulture, out var number)
            ? number << 10
            : null;
    }

    private static string FormatVersion(int version) => version == 0
        ? "of unknown version"
        : string.Create(CultureInfo.InvariantCulture, $"{version >>> 24}.{(version >>> 16) & 0xFF}");

    private static string FormatBytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.0} GiB");

    private static string Format(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
