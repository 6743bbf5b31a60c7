using System.Text.Json.Nodes;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests.Support;

/// <summary>The program ShippedPackages, whose packages no node has.</summary>
internal static class PackageProgram
{
    private static readonly string s_folder = Path.Combine(
        Repository.Root, "tests", "ShippedPackages", "bin", Repository.Configuration,
        Path.GetFileName(Path.GetDirectoryName(Repository.Node)!));

    /// <summary>Starts it as it was built.</summary>
    /// <param name="node">A node's address, or "local".</param>
    public static NodeProcess Start(string node) => NodeProcess.Run("dotnet", Path.Combine(s_folder, "ShippedPackages.dll"), node);

    /// <summary>Starts it as a self-contained program.</summary>
    /// <param name="folder">An empty folder for it.</param>
    /// <param name="node">A node's address, or "local".</param>
    public static NodeProcess StartSelfContained(string folder, string node)
    {
        if (!File.Exists(Path.Combine(folder, "ShippedPackages")))
            MakeSelfContained(folder);
        return NodeProcess.Run(Path.Combine(folder, "ShippedPackages"), node);
    }

    // What "dotnet publish --self-contained" makes, without the packages that it needs: the runtime's files beside the program's, and
    // in its list of files.
    private static void MakeSelfContained(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(s_folder, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(s_folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var (managed, native) = (new JsonObject(), new JsonObject());
        foreach (var file in Directory.EnumerateFiles(runtime).Where(file => !file.EndsWith(".json", StringComparison.Ordinal)))
        {
            var name = Path.GetFileName(file);
            File.Copy(file, Path.Combine(folder, name), overwrite: true);
            (name.EndsWith(".dll", StringComparison.Ordinal) ? managed : native)[name] = new JsonObject();
        }
        Edit(Path.Combine(folder, "ShippedPackages.deps.json"), list =>
        {
            const string Pack = "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.0";
            var (name, targets) = ((string)list["runtimeTarget"]!["name"]!, list["targets"]!.AsObject());
            var target = targets[name]!.AsObject();
            targets.Remove(name);
            targets[name + "/linux-x64"] = target;
            list["runtimeTarget"]!["name"] = name + "/linux-x64";
            foreach (var library in target.Select(entry => entry.Value!.AsObject()))
                MoveNatives(folder, library);
            target[Pack] = new JsonObject { ["runtime"] = managed, ["native"] = native };
            list["libraries"]![Pack] = new JsonObject { ["type"] = "runtimepack", ["serviceable"] = false, ["sha512"] = "" };
        });
        var version = Path.GetFileName(runtime);
        var resolver = Path.Combine(runtime, "..", "..", "..", "host", "fxr", version, "libhostfxr.so");
        File.Copy(resolver, Path.Combine(folder, "libhostfxr.so"));

        Edit(Path.Combine(folder, "ShippedPackages.runtimeconfig.json"), settings =>
        {
            var options = settings["runtimeOptions"]!.AsObject();
            options.Remove("framework");
            options["includedFrameworks"] = new JsonArray(new JsonObject { ["name"] = "Microsoft.NETCore.App", ["version"] = version });
        });
    }

    /// <summary>Puts the libraries for this runtime beside the program, and leaves out the others.</summary>
    private static void MoveNatives(string folder, JsonObject library)
    {
        if (library["runtimeTargets"] is not JsonObject all)
            return;
        library.Remove("runtimeTargets");
        var own = new JsonObject();
        foreach (var path in all.Select(entry => entry.Key))
        {
            if (path.StartsWith("runtimes/linux-x64/native/", StringComparison.Ordinal))
            {
                own[path] = new JsonObject();
                File.Move(Path.Combine(folder, path), Path.Combine(folder, Path.GetFileName(path)));
            }
        }
        library["native"] = own;
    }

    private static void Edit(string file, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }
}
