using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>What a node gets when it asks for a file by its name.</summary>
public sealed class ProgramFilesTests : IDisposable
{
    private const string Deps = """
        {
          "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0" },
          "targets": {
            ".NETCoreApp,Version=v10.0": {
              "App/1.0.0": {
                "runtime": { "App.dll": {} },
                "resources": { "de/App.resources.dll": { "locale": "de" } }
              },
              "Words/2.0.0": {
                "resources": {
                  "lib/net8.0/de/Words.resources.dll": { "locale": "de" },
                  "lib/net8.0/zh-Hans/Words.resources.dll": { "locale": "zh-Hans" }
                }
              },
              "Sums/3.0.0": {
                "runtimeTargets": {
                  "runtimes/linux-x64/native/libsum.so": { "rid": "linux-x64", "assetType": "native" },
                  "runtimes/linux-x64/native/libsum_helper.so": { "rid": "linux-x64", "assetType": "native" },
                  "runtimes/linux-x64/native/libsum.dbg": { "rid": "linux-x64", "assetType": "native" },
                  "runtimes/linux-musl-x64/native/libsum.so": { "rid": "linux-musl-x64", "assetType": "native" },
                  "runtimes/win-x64/native/sum.dll": { "rid": "win-x64", "assetType": "native" },
                  "runtimes/unix/native/libsum.so": { "rid": "unix", "assetType": "native" },
                  "runtimes/unix/lib/net8.0/Sums.dll": { "rid": "unix", "assetType": "runtime" }
                }
              }
            }
          },
          "libraries": {
            "App/1.0.0": { "type": "project" },
            "Words/2.0.0": { "type": "package", "path": "words/2.0.0" },
            "Sums/3.0.0": { "type": "package", "path": "sums/3.0.0" }
          }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-program-");

    private string App => Path.Combine(_folder.FullName, "app");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("linux-x64", "linux-x64")]
    [InlineData("linux-musl-x64", "linux-musl-x64")]
    [InlineData("linux-arm64", "unix")]
    [InlineData("osx-arm64", "unix")]
    [InlineData("freebsd-x64", "unix")]
    public void A_node_gets_the_native_library_for_its_own_runtime(string node, string expected)
    {
        var files = CreateListed();

        var found = files.FindNatives(["sum.so", "libsum.so"], NodePlatform.GetRuntimes(node));

        Assert.Equal(GetPath($"runtimes/{expected}/native/libsum.so"), found[0]);
    }

    [Fact]
    public void A_native_library_comes_with_the_others_of_its_folder_but_not_with_what_debuggers_need()
    {
        var found = CreateListed().FindNatives(["libsum.so"], NodePlatform.GetRuntimes("linux-x64"));

        Assert.Equal("libsum.so, libsum_helper.so", string.Join(", ", found.Select(Path.GetFileName)));
    }

    [Fact]
    public void A_node_for_which_a_package_has_nothing_gets_nothing()
    {
        var files = CreateListed();
        Assert.Equal("sum.dll", Path.GetFileName(Assert.Single(files.FindNatives(["sum.dll"], NodePlatform.GetRuntimes("win-x64")))));
        Assert.Empty(files.FindNatives(["sum.dll"], NodePlatform.GetRuntimes("win-arm64")));
        Assert.Empty(files.FindNatives(["sum.dll"], NodePlatform.GetRuntimes("linux-x64")));
    }

    [Fact]
    public void A_program_that_was_built_for_one_runtime_has_its_libraries_beside_it()
    {
        Write("libsum.so");
        var deps = Path.Combine(_folder.FullName, "App.deps.json");
        File.WriteAllText(deps, """
            {
              "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0/linux-x64" },
              "targets": {
                ".NETCoreApp,Version=v10.0": {},
                ".NETCoreApp,Version=v10.0/linux-x64": {
                  "Sums/3.0.0": { "native": { "runtimes/linux-x64/native/libsum.so": { "fileVersion": "0.0.0.0" } } },
                  "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.0": { "native": { "libcoreclr.so": {} } }
                }
              },
              "libraries": {
                "Sums/3.0.0": { "type": "package", "path": "sums/3.0.0" },
                "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.0": { "type": "runtimepack" }
              }
            }
            """);
        Write("libcoreclr.so");
        var files = new ProgramFiles(App, deps, []);

        Assert.Equal([GetPath("libsum.so")], files.FindNatives(["libsum.so"], NodePlatform.GetRuntimes("linux-x64")));
        Assert.Empty(files.FindNatives(["libsum.so"], NodePlatform.GetRuntimes("linux-arm64")));
        Assert.Empty(files.FindNatives(["libcoreclr.so"], NodePlatform.GetRuntimes("linux-x64")));
    }

    [Fact]
    public void A_satellite_assembly_is_found_by_its_language_where_it_was_published_or_in_a_folder_of_packages()
    {
        var packages = Path.Combine(_folder.FullName, "packages");
        Write("de/App.resources.dll");
        Write("zh-Hans/Words.resources.dll");
        var inPackage = Path.Combine(packages, "words/2.0.0/lib/net8.0/de/Words.resources.dll");
        Directory.CreateDirectory(Path.GetDirectoryName(inPackage)!);
        File.WriteAllText(inPackage, "");
        var files = new ProgramFiles(App, WriteDeps(), [packages]);

        Assert.Equal(GetPath("de/App.resources.dll"), files.FindSatellite("de/App.resources"));
        Assert.Equal(GetPath("zh-Hans/Words.resources.dll"), files.FindSatellite("zh-hans/Words.resources"));
        Assert.Equal(inPackage, files.FindSatellite("de/Words.resources"));
        Assert.Null(files.FindSatellite("fr/Words.resources"));
    }

    [Fact]
    public void Without_a_list_only_native_libraries_beside_the_program_are_found_on_the_same_kind_of_system()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Write("libsum.so");
        Write("sum.so.1");
        var files = new ProgramFiles(App, depsFile: null, []);

        Assert.Equal([GetPath("libsum.so")], files.FindNatives(["sum.so", "libsum.so"], NodePlatform.Runtimes));
        Assert.Equal([GetPath("sum.so.1")], files.FindNatives(["sum.so.1"], NodePlatform.Runtimes));
        Assert.Empty(files.FindNatives(["libsum.so"], NodePlatform.GetRuntimes("win-x64")));
    }

    [Theory]
    [InlineData("../secret.so")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("secret.json")]
    [InlineData("unlisted.so")]
    [InlineData("runtimes/linux-x64/native/libsum.so")]
    [InlineData("de/unlisted.resources")]
    [InlineData("../app/de/App.resources")]
    [InlineData("de/../de/App.resources")]
    [InlineData("de\\App.resources")]
    [InlineData("..")]
    [InlineData("")]
    public void A_name_that_is_no_name_of_a_listed_file_finds_nothing(string name)
    {
        Write("secret.json");
        Write("unlisted.so");
        Write("de/unlisted.resources.dll");
        File.WriteAllText(Path.Combine(_folder.FullName, "secret.so"), "");
        var listed = CreateListed();

        Assert.Empty(listed.FindNatives([name], NodePlatform.Runtimes));
        Assert.Null(listed.FindSatellite(name));
        Assert.Null(listed.FindAssembly(name));
        Assert.Null(listed.FindAssembly(Path.Combine(App, name)));
        Assert.Empty(listed.FindNatives([Path.Combine(App, "libsum.so")], NodePlatform.Runtimes));
    }

    [Theory]
    [InlineData("../secret.so")]
    [InlineData("/etc/passwd")]
    [InlineData("secret.json")]
    [InlineData("App.dll")]
    [InlineData("de/App.resources")]
    [InlineData("../secret/Engine.Tests.resources")]
    [InlineData("../Engine.Tests.resources")]
    [InlineData("/Engine.Tests.resources")]
    [InlineData("./Engine.Tests.resources")]
    public void Without_a_list_a_name_that_is_a_path_or_of_another_file_finds_nothing(string name)
    {
        Write("secret.json");
        Write("App.dll");
        Write("de/App.resources.dll");
        File.WriteAllText(Path.Combine(_folder.FullName, "secret.so"), "");
        var files = new ProgramFiles(App, depsFile: null, []);

        Assert.Empty(files.FindNatives([name], NodePlatform.Runtimes));
        Assert.Null(files.FindSatellite(name));
    }

    [Fact]
    public void What_the_runtime_and_the_engine_have_is_no_file_of_the_program()
    {
        var own = ProgramFiles.ForThisProcess();
        Assert.Null(own.FindAssembly("System.Text.Json"));
        Assert.Null(own.FindAssembly("ActorPool"));
        Assert.Null(own.FindAssembly("Akka"));
        Assert.NotNull(own.FindAssembly("Engine.Tests"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{ "runtimeTarget": { "name": "x" }, "targets": {}, "libraries": {} }""")]
    public void A_list_that_cannot_be_read_is_named(string text)
    {
        var deps = Path.Combine(_folder.FullName, "broken.deps.json");
        File.WriteAllText(deps, text);
        var error = Assert.Throws<InvalidDataException>(() => new ProgramFiles(App, deps, []));
        Assert.Contains($"[{deps}]", error.Message, StringComparison.Ordinal);
    }

    private ProgramFiles CreateListed()
    {
        foreach (var runtime in new[] { "linux-x64", "linux-musl-x64", "unix" })
            Write($"runtimes/{runtime}/native/libsum.so");
        Write("runtimes/linux-x64/native/libsum_helper.so");
        Write("runtimes/win-x64/native/sum.dll");
        Write("de/App.resources.dll");
        return new ProgramFiles(App, WriteDeps(), []);
    }

    private string WriteDeps()
    {
        var path = Path.Combine(_folder.FullName, "App.deps.json");
        File.WriteAllText(path, Deps);
        return path;
    }

    private void Write(string path)
    {
        var full = GetPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "");
    }

    private string GetPath(string path) => Path.Combine(App, path);
}
