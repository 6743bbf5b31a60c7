using System.Globalization;
using ActorPool.Processes;

namespace ActorPool.Configuration;

/// <summary>Private directories and files of this process's user.</summary>
/// <remarks>Other users of the machine have no access to them.</remarks>
internal static class UserFiles
{
    /// <summary>No directory: what cannot be made, neither by this user nor by another.</summary>
    private const string NoCache = "/dev/null/actorpool";

    private const string NoHome = "/nonexistent";
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Others =
        OthersWrite | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // A process of a user without a home has one cache, for as long as it lives.
    private static readonly Lazy<string> s_temporaryCache = new(CreateTemporaryCache);

    /// <summary>The name of this process's user, for people.</summary>
    /// <value>Its number if it has none, as in many containers.</value>
    public static string UserName =>
        Environment.UserName is { Length: > 0 } name ? name : UnixCalls.GetUser().ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the directory for lasting data.</summary>
    /// <exception cref="DirectoryNotFoundException">The user has no home directory; the message says what to set.</exception>
    /// <remarks>It is below the XDG base directory for data, or its default.</remarks>
    public static string GetDataDirectory(string name) =>
        FindBaseDirectory("XDG_DATA_HOME", Path.Combine(".local", "share")) is { } directory
            ? Path.Combine(directory, "actorpool", name)
            : throw new DirectoryNotFoundException(
                $"The user [{UserName}] has no home directory here: HOME is [{Environment.GetEnvironmentVariable("HOME")}]. "
                + "Set XDG_DATA_HOME to a directory that you own.");

    /// <summary>Returns the directory for data that can be created again.</summary>
    /// <remarks>
    /// It is below the XDG base directory for caches, or its default; among the temporary files, for this process alone, where the user has
    /// no home directory.
    /// </remarks>
    public static string GetCacheDirectory(string name) =>
        Path.Combine(
            FindBaseDirectory("XDG_CACHE_HOME", ".cache") is { } directory
                ? Path.Combine(directory, "actorpool")
                : s_temporaryCache.Value,
            name);

    /// <summary>Lets .NET check certificates in a process without a home directory.</summary>
    /// <remarks>
    /// That is where neither HOME is set nor the system knows the user.
    /// A chain of certificates also looks into the user's own store, and throws where it finds no place for that (none filed). Remove when
    /// <c>X509Chain</c> does without.
    /// </remarks>
    public static void EnsureHome()
    {
        if (!OperatingSystem.IsWindows() && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HOME"))
            && Environment.UserName.Length == 0)
        {
            Environment.SetEnvironmentVariable("HOME", NoHome);
        }
    }

    /// <summary>Creates a private directory; an existing one stays as it is.</summary>
    public static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory); // only this user has access to the user's profile
        else
            Directory.CreateDirectory(directory, OwnerDirectory);
    }

    /// <summary>Creates a private directory, or makes an existing one private.</summary>
    public static void EnsurePrivateDirectory(string directory)
    {
        CreateDirectory(directory);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(directory) != OwnerDirectory)
            File.SetUnixFileMode(directory, OwnerDirectory);
    }

    /// <summary>Opens a new file that is private from its first byte on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Create, or CreateNew.</param>
    public static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        return new FileStream(path, options);
    }

    /// <summary>Writes a text to a private file, with a line break at its end.</summary>
    public static void WriteText(string path, string text)
    {
        using var writer = new StreamWriter(Create(path, FileMode.Create));
        writer.Write(text.EndsWith('\n') ? text : text + '\n');
    }

    /// <summary>Whether other users of the machine have any access to a file or directory.</summary>
    public static bool IsOpenToOthers(string path) => HasMode(path, Others);

    /// <summary>Whether other users can change a file, or replace files in a directory.</summary>
    public static bool IsWritableByOthers(string path) => HasMode(path, OthersWrite);

    private static bool HasMode(string path, UnixFileMode mode) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & mode) != UnixFileMode.None;

    /// <returns>Null if the user has no home directory. Never a relative path: that would be in the working directory.</returns>
    private static string? FindBaseDirectory(string variable, string defaultDirectory)
    {
        if (Environment.GetEnvironmentVariable(variable) is { } set && Path.IsPathFullyQualified(set))
            return set; // the XDG specification: relative ones are invalid, and ignored
        if (OperatingSystem.IsWindows())
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        // Empty if the directory does not exist.
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.IsPathFullyQualified(home) ? Path.Combine(home, defaultDirectory) : null;
    }

    private static string CreateTemporaryCache()
    {
        try
        {
            var directory = Directory.CreateTempSubdirectory("actorpool-cache-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => TryDelete(directory);
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NoCache; // those who keep something there do without
        }
    }

    private static void TryDelete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is among the temporary files, which the system removes.
        }
    }
}
