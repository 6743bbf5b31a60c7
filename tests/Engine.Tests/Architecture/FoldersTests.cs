namespace ActorPool.Tests.Architecture;

/// <summary>The folders of the engine are layers, as docs/architecture.md says.</summary>
public sealed class FoldersTests
{
    /// <summary>From bottom to top: a folder may use only those before it.</summary>
    private static readonly string[] s_layers =
    [
        "Chunking", "Diagnostics", "Insights", "Processes", "Configuration", "Serialization", "Transport", "Remoting", "Security",
        "Shipping", "Wire", "Jobs", "Workers", "Gathering", "Client", "Routing", "Coordination", "Agent", "Child",
    ];

    // The entry points of the public API are above all folders. A node uses a local pool, so its folder may use WorkerPool.
    private static readonly string[] s_entryPoints = ["WorkerPool", "PoolNode"];
    private const string AboveWorkerPool = "Agent";

    public static TheoryData<string> Layers => [.. s_layers];

    [Fact]
    public void Every_folder_is_a_layer_and_every_layer_a_folder()
    {
        var folders = Directory.GetDirectories(Source.Engine)
            .Select(folder => Path.GetFileName(folder)!)
            .Where(name => name is not ("bin" or "obj"));
        Assert.Equal(s_layers.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tests_of_a_folder_are_in_the_folder_of_its_name()
    {
        // Tests of whole pools and clusters, tests of the repository, and code that tests share.
        string[] others =
        [
            "Architecture", "Calls", "Cluster", "Conformance", "Documentation", "Examples", "Scenarios", "Simulation", "Support",
            "bin", "obj",
        ];
        var folders = Directory.GetDirectories(Path.Combine(Source.Root, "tests", "Engine.Tests"))
            .Where(folder => Source.GetFiles(folder).Any()).Select(folder => Path.GetFileName(folder)!);
        Assert.Empty(folders.Except(others, StringComparer.Ordinal).Except(s_layers, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_folder_uses_only_those_below_it(string layer)
    {
        var above = s_layers[(Array.IndexOf(s_layers, layer) + 1)..];
        var found = from file in Source.GetFiles(Path.Combine(Source.Engine, layer))
                    from line in Source.ReadCodeLines(file)
                    where above.Any(other => Source.HasWord(line, $"ActorPool.{other}"))
                    select $"{Path.GetFileName(file)}: {line.Trim()}";
        Assert.Empty(found);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Only_Agent_uses_WorkerPool_and_no_folder_uses_PoolNode(string layer)
    {
        var entries = s_entryPoints.Where(entry => layer is not AboveWorkerPool || entry is not "WorkerPool").ToArray();
        var found = from file in Source.GetFiles(Path.Combine(Source.Engine, layer))
                    from line in Source.ReadCodeLines(file)
                    where entries.Any(entry => Source.HasWord(line, entry))
                    select $"{Path.GetFileName(file)}: {line.Trim()}";
        Assert.Empty(found);
    }

    [Fact]
    public void The_namespace_of_a_file_is_its_folder()
    {
        var found = from file in Source.GetFiles(Source.Engine)
                    where Path.GetFileName(file) is not "StartupHook.cs" // .NET looks for that type outside of any namespace
                    let folder = Path.GetRelativePath(Source.Engine, Path.GetDirectoryName(file)!)
                    let wanted = folder is "." ? "namespace ActorPool;" : $"namespace ActorPool.{folder};"
                    where !File.ReadLines(file).Contains(wanted, StringComparer.Ordinal)
                    select $"{file} is not in [{wanted}]";
        Assert.Empty(found);
    }

    /// <remarks>
    /// A file has the name of one of its types and may hold small types that belong to it. Otherwise its name is the plural of the last
    /// word of all its types.
    /// </remarks>
    [Fact]
    public void A_file_is_named_after_its_type()
    {
        var found = from file in Source.GetAllFiles()
                    let name = Path.GetFileName(file).Split('.')[0]
                    let types = Source.ReadTopLevelTypes(file)
                    where types.Count > 0 && !types.Contains(name, StringComparer.Ordinal)
                        && !types.TrueForAll(type => IsFamily(name, type))
                    select $"{Path.GetRelativePath(Source.Root, file)}: {string.Join(", ", types)}";
        Assert.Empty(found);
    }

    private static bool IsFamily(string file, string type) =>
        file.EndsWith('s')
        && type.EndsWith(file[file.LastIndexOfAny([.. "ABCDEFGHIJKLMNOPQRSTUVWXYZ"])..^1], StringComparison.Ordinal);
}
