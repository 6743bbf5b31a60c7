namespace ActorPool.Node.Tests;

/// <summary>Paths in the clone that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The build of these tests: Debug or Release.</summary>
    public static string Configuration { get; } = Directory.GetParent(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!.Name;

    /// <summary>The Node in its own folder, which contains no files of tests.</summary>
    public static string Node { get; } = Path.Combine(
        Root, "src", "Node", "bin", Configuration,
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "Node.dll");

    public static string Config(string name) => Path.Combine(Root, "config", name);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ActorPool.sln")))
        {
            directory = directory.Parent
                ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has ActorPool.sln.");
        }
        return directory.FullName;
    }
}
