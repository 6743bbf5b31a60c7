namespace ActorPool.Configuration;

/// <summary>Private directories and files of this process's user.</summary>
/// <remarks>Other users of the machine have no access to them.</remarks>
internal static class UserFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Others =
        OthersWrite | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Returns the directory for lasting data.</summary>
    /// <remarks>It is below the XDG base directory for data, or its default.</remarks>
    public static string GetDataDirectory(string name) =>
        Path.Combine(GetBaseDirectory("XDG_DATA_HOME", Path.Combine(".local", "share")), "actorpool", name);

    /// <summary>Returns the directory for data that can be created again.</summary>
    /// <remarks>It is below the XDG base directory for caches, or its default.</remarks>
    public static string GetCacheDirectory(string name) => Path.Combine(GetBaseDirectory("XDG_CACHE_HOME", ".cache"), "actorpool", name);

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

    private static string GetBaseDirectory(string variable, string defaultDirectory)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set)
            return set;
        return OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), defaultDirectory);
    }
}
