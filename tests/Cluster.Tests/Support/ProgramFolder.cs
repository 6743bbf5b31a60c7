using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests.Support;

/// <summary>A folder with a user's programs, outside of this repository.</summary>
/// <remarks>
/// They reference the ActorPool package of a local feed. The user's package folder stays as it is.
/// </remarks>
internal sealed class ProgramFolder : IDisposable
{
    public const string Version = "0.1.0-test";

    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(10);

    // No build server stays behind.
    private static readonly string[] s_alone = ["-nodeReuse:false", "-p:UseSharedCompilation=false"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("foreign");

    public string Path => _folder.FullName;

    /// <summary>The feed with the packages.</summary>
    public string Feed => System.IO.Path.Combine(Path, "feed");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Makes the package, and a feed from which the programs get it.</summary>
    /// <param name="usesNetwork">Whether the programs also get packages from the user's feeds.</param>
    public async Task PackEngineAsync(bool usesNetwork = false)
    {
        await DotnetAsync(
            "pack", GetProject("Engine"), "--no-build", "-c", Repository.Configuration, $"-p:PackageVersion={Version}", "-o", Feed);
        await WriteFeedAsync(usesNetwork);
    }

    /// <summary>Makes packages of projects of src, in their own version, and the feed.</summary>
    public async Task PackAsync(params string[] projects)
    {
        foreach (var project in projects)
        {
            // A tool is published first, by default into the folder of its build. Its packages for single systems need builds of their own.
            await DotnetAsync(
                "pack", GetProject(project), "--no-build", "-c", Repository.Configuration, "-o", Feed, "-p:RuntimeIdentifiers=",
                $"-p:PublishDir={System.IO.Path.Combine(Path, "publish", project)}/");
        }
        await WriteFeedAsync(usesNetwork: false);
    }

    /// <summary>Makes the packages of a project as a release does.</summary>
    /// <remarks>With builds of its own, in this folder.</remarks>
    public async Task PackReleaseAsync(string project)
    {
        await DotnetAsync("pack", GetProject(project), "-o", Feed, "--artifacts-path", System.IO.Path.Combine(Path, "artifacts"));
        await WriteFeedAsync(usesNetwork: false);
    }

    private static string GetProject(string name) => System.IO.Path.Combine(Repository.Root, "src", name);

    private async Task WriteFeedAsync(bool usesNetwork)
    {
        // The package's dependencies were restored for this repository.
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await WriteAsync("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources>{(usesNetwork ? "" : "<clear />")}<add key="feed" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{packages}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public async Task WriteAsync(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }

    public Task BuildAsync(string project) => DotnetAsync(["build", System.IO.Path.Combine(Path, project), .. s_alone]);

    /// <summary>Publishes a program; further arguments are those of the command.</summary>
    public Task PublishAsync(string project, string to, params string[] arguments) => DotnetAsync(
        ["publish", System.IO.Path.Combine(Path, project), "-o", System.IO.Path.Combine(Path, to), .. s_alone, .. arguments]);

    /// <summary>Runs a command of the SDK.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it printed.</exception>
    public static async Task DotnetAsync(params string[] arguments)
    {
        using var process = NodeProcess.Run("dotnet", arguments);
        if (await process.EndAsync(s_buildLimit) != 0)
            throw new InvalidOperationException(process.Log);
    }
}
