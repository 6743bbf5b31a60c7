namespace ActorPool.Shipping;

/// <summary>The files of this program that its functions may load by name.</summary>
/// <remarks>
/// A node asks for them, and gets only what the program itself would find: assemblies that the .NET host found for it, satellite
/// assemblies and native libraries that its <c>.deps.json</c> lists. Names that come from nodes are looked up in these lists and are no
/// part of any path. A program without that file has its satellite assemblies in folders beside their assemblies, and its native
/// libraries in its own folder.
/// </remarks>
internal sealed class ProgramFiles
{
    private readonly string _folder;
    private readonly IReadOnlyList<string> _packageFolders;
    private readonly IReadOnlyDictionary<string, string>? _assemblies;
    private readonly Dictionary<string, ProgramAsset> _satellites = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ProgramAsset> _natives = [];
    private readonly bool _isListed;

    /// <param name="folder">The folder of the program.</param>
    /// <param name="depsFile">Its list of files; null for none.</param>
    /// <param name="packageFolders">Where packages are that are not in its folder.</param>
    /// <param name="assemblies">Its assemblies, by their names; null for those that the host found.</param>
    public ProgramFiles(
        string folder, string? depsFile, IReadOnlyList<string> packageFolders, IReadOnlyDictionary<string, string>? assemblies = null)
    {
        (_folder, _packageFolders, _assemblies, _isListed) = (folder, packageFolders, assemblies, depsFile is not null);
        foreach (var asset in depsFile is null ? [] : DepsFile.Read(depsFile))
        {
            if (asset.Kind is ModuleKind.Native)
                _natives.Add(asset);
            else
                _satellites.TryAdd(asset.Name, asset);
        }
    }

    /// <summary>Finds the files of this process's program, as its host did.</summary>
    public static ProgramFiles ForThisProcess()
    {
        var probed = AppContext.GetData("PROBING_DIRECTORIES") as string ?? "";
        return new ProgramFiles(
            AppContext.BaseDirectory, FindDepsFile(), probed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Finds this process's list of files; null if it has none.</summary>
    public static string? FindDepsFile()
    {
        var lists = AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "";
        return lists.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(list => File.Exists(list) && !IsOfFramework(list));
    }

    /// <summary>Finds an assembly of the program by its simple name; null if it has none.</summary>
    public string? FindAssembly(string name)
    {
        if (HostAssemblies.IsHost(name))
            return null;
        var path = _assemblies is null ? HostAssemblies.FindPlatformPath(name) : _assemblies.GetValueOrDefault(name);
        return path is not null && File.Exists(path) ? path : null;
    }

    /// <summary>Finds a satellite assembly by <c>culture/simple name</c>; null if the program has none.</summary>
    public string? FindSatellite(string name)
    {
        if (_satellites.TryGetValue(name, out var asset))
            return Locate(asset);
        const string Suffix = ".resources";
        // The assembly's own folder comes from the host, its name is one that the host knows, and a culture's name is no path.
        if (_isListed || name.Split('/') is not [var culture, var file] || !IsCulture(culture)
            || !file.EndsWith(Suffix, StringComparison.Ordinal) || FindAssembly(file[..^Suffix.Length]) is not { } assembly)
            return null;
        var path = Path.Combine(Path.GetDirectoryName(assembly)!, culture, file + ".dll");
        return File.Exists(path) ? path : null;
    }

    /// <summary>Finds a native library for a node.</summary>
    /// <param name="names">The file names that it may have, the most likely one first.</param>
    /// <param name="runtimes">The runtime identifiers that fit the node, the best one first.</param>
    /// <returns>The library, and after it the others that came with it for the same runtime; empty if the program has none.</returns>
    public IReadOnlyList<string> FindNatives(IReadOnlyList<string> names, IReadOnlyList<string> runtimes)
    {
        if (!_isListed)
            return FindBesideProgram(names, runtimes) is { } only ? [only] : [];
        // As the host does: of each package, only the files for the best runtime.
        var fitting = _natives.GroupBy(asset => asset.Library, StringComparer.Ordinal)
            .Select(library => runtimes
                .Select(runtime => library.Where(asset => string.Equals(asset.Runtime, runtime, StringComparison.Ordinal)).ToList())
                .FirstOrDefault(files => files.Count > 0) ?? []);
        foreach (var files in fitting)
        {
            foreach (var name in names)
            {
                if (files.Find(file => string.Equals(file.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } found)
                    continue;
                var folder = Path.GetDirectoryName(found.Path);
                var siblings = files.Where(file => file != found
                    && string.Equals(Path.GetDirectoryName(file.Path), folder, StringComparison.Ordinal));
                return Locate(found) is { } first ? [first, .. siblings.Select(Locate).OfType<string>()] : [];
            }
        }
        return [];
    }

    private string? FindBesideProgram(IReadOnlyList<string> names, IReadOnlyList<string> runtimes) =>
        !runtimes.Contains(NodePlatform.Runtime, StringComparer.Ordinal) ? null : names
            .Where(name => ModuleIdentity.IsFileName(name) && NodePlatform.IsLibrary(name))
            .Select(name => Path.Combine(_folder, name))
            .FirstOrDefault(path => File.Exists(path) && !ModuleImage.IsManaged(path));

    // In the program's folder, as published or as in the package; or still in a folder of packages, if it was built and not published.
    private string? Locate(ProgramAsset asset)
    {
        var own = new[] { asset.Published, asset.Path }.Select(path => Path.Combine(_folder, path));
        var inPackages = asset.Folder.Length == 0 ? [] : _packageFolders.Select(folder => Path.Combine(folder, asset.Folder, asset.Path));
        return own.Concat(inPackages).FirstOrDefault(File.Exists);
    }

    private static bool IsCulture(string name) =>
        name.Length is > 0 and <= 85 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-');

    // dotnet/shared/Microsoft.NETCore.App/10.0.0/Microsoft.NETCore.App.deps.json
    private static bool IsOfFramework(string list) =>
        string.Equals(
            Path.GetFileName(list), $"{Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(list)))}.deps.json",
            StringComparison.OrdinalIgnoreCase);
}
