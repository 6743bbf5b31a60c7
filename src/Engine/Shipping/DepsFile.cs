using System.Text.Json;

namespace ActorPool.Shipping;

/// <summary>Reads which files a program consists of from its <c>.deps.json</c>.</summary>
internal static class DepsFile
{
    /// <summary>Reads the satellite assemblies and native libraries that the file lists.</summary>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<ProgramAsset> Read(string path)
    {
        var assets = new List<ProgramAsset>();
        ForEachLibrary(path, (library, description, type, runtime) =>
        {
            if (type is "runtimepack")
                return; // the .NET runtime of a self-contained program
            var folder = description.TryGetProperty("path", out var inFeed) ? inFeed.GetString()! : "";
            AddAssets(assets, library, folder, runtime);
        });
        return assets;
    }

    /// <summary>Reads the simple names of the assemblies that the program's own projects make.</summary>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<string> ReadProjects(string path)
    {
        var names = new List<string>();
        ForEachLibrary(path, (library, _, type, _) =>
        {
            if (type is "project")
                names.AddRange(GetFiles(library.Value, "runtime").Select(file => Path.GetFileNameWithoutExtension(file.Path)));
        });
        return names;
    }

    private static void ForEachLibrary(string path, Action<JsonProperty, JsonElement, string?, string> act)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var target = root.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
            var libraries = root.GetProperty("libraries");
            // A program that was built for one runtime: its target is "framework/runtime", and its native libraries are for this runtime.
            var runtime = target.Split('/') is [_, var one] ? one : "any";
            foreach (var library in root.GetProperty("targets").GetProperty(target).EnumerateObject())
            {
                var description = libraries.GetProperty(library.Name);
                act(library, description, description.GetProperty("type").GetString(), runtime);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"[{path}] is not a list of a program's files: {e.Message}", e);
        }
    }

    private static void AddAssets(List<ProgramAsset> assets, JsonProperty library, string folder, string runtime)
    {
        foreach (var (path, properties) in GetFiles(library.Value, "resources"))
        {
            var culture = properties.GetProperty("locale").GetString()!;
            var name = $"{culture}/{Path.GetFileNameWithoutExtension(path)}";
            var published = $"{culture}/{Path.GetFileName(path)}";
            assets.Add(new ProgramAsset(ModuleKind.Satellite, name, library.Name, "any", path, folder, published));
        }
        foreach (var (path, _) in GetFiles(library.Value, "native").Where(file => !IsForDebuggers(file.Path)))
            assets.Add(CreateNative(library.Name, runtime, path, folder, Path.GetFileName(path)));
        foreach (var (path, properties) in GetFiles(library.Value, "runtimeTargets"))
        {
            if (properties.GetProperty("assetType").GetString() is "native" && !IsForDebuggers(path))
                assets.Add(CreateNative(library.Name, properties.GetProperty("rid").GetString()!, path, folder, path));
        }
    }

    private static ProgramAsset CreateNative(string library, string runtime, string path, string folder, string published) =>
        new(ModuleKind.Native, Path.GetFileName(path), library, runtime, path, folder, published);

    private static bool IsForDebuggers(string path) => Path.GetExtension(path) is ".pdb" or ".dbg" or ".debug" or ".a" or ".lib";

    private static IEnumerable<(string Path, JsonElement Properties)> GetFiles(JsonElement library, string group) =>
        library.TryGetProperty(group, out var files) ? files.EnumerateObject().Select(file => (file.Name, file.Value)) : [];
}

/// <summary>A file that a program's <c>.deps.json</c> lists.</summary>
/// <param name="Kind">Satellite or native.</param>
/// <param name="Name">Its name: see <see cref="ModuleKind"/>.</param>
/// <param name="Library">The package or project that it belongs to.</param>
/// <param name="Runtime">The runtime identifier that it is for.</param>
/// <param name="Path">Its path in the package.</param>
/// <param name="Folder">The path of the package in a folder of packages; empty for projects.</param>
/// <param name="Published">Its path in the folder of the program.</param>
internal sealed record ProgramAsset(
    ModuleKind Kind, string Name, string Library, string Runtime, string Path, string Folder, string Published);
