using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests;

/// <summary>The node as a .NET tool, installed from a folder as a stranger would.</summary>
public sealed class ToolTests : IDisposable
{
    private const string Package = "ActorPool.Node";
    private const long MaxBytes = 30_000_000;

    private readonly ProgramFolder _folder = new();

    private string ToolPath => Path.Combine(_folder.Path, "tools");

    private string Tool => Path.Combine(ToolPath, "actorpool");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_tool_is_the_node()
    {
        await _folder.PackAsync("Node");
        await InstallAsync();
        var installed = new DirectoryInfo(ToolPath).GetFiles("*", SearchOption.AllDirectories);
        Assert.InRange(installed.Sum(file => file.Length), 1_000_000, MaxBytes);

        using var wrong = NodeProcess.Run(Tool, "--seed", "--port", "70000");
        using var seed = NodeProcess.Run(Tool, "--seed", "--port", "0", "--workers", "1", "--http", "0");
        var address = (await seed.AwaitAsync("control:")).Split("control:")[1].Trim();
        var next = (await seed.AwaitAsync("next:")).Split("next:")[1];
        // The printed command starts the same program.
        using var node = NodeProcess.Run("sh", "-c", $"exec {next} --workers 1");
        await node.AwaitAsync($"Node in the cluster of {address}, ready.");
        await using var pool = await WorkerPool.ConnectAsync(address, ClusterNode.AddLongTimeout());
        var squares = await pool.MapAsync(x => x * x, [1, 2, 3]);

        Assert.Equal([1, 4, 9], squares);
        await wrong.CheckEndAsync(2);
        foreach (var process in new[] { node, seed })
        {
            await process.SignalAsync("TERM");
            await process.CheckEndAsync(0);
        }
    }

    [Fact]
    public async Task The_package_has_a_readme_and_symbols_and_says_what_it_is()
    {
        await _folder.PackAsync("Node");
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(_folder.Feed, $"{Package}.*.nupkg")));

        Assert.NotNull(package.GetEntry("README.md"));
        using var specification = package.GetEntry($"{Package}.nuspec")!.Open();
        var metadata = XDocument.Load(specification).Root!.Elements().Single();
        Assert.Equal("README.md", Find(metadata, "readme").Value);
        Assert.Equal("Apache-2.0", Find(metadata, "license").Value);
        Assert.Equal("DotnetTool", Find(metadata, "packageTypes").Elements().Single().Attribute("name")!.Value);
        foreach (var name in new[] { "Node.dll", "ActorPool.dll" })
        {
            using var assembly = package.Entries.Single(entry => entry.Name.Equals(name, StringComparison.Ordinal)).Open();
            using var copy = new MemoryStream();
            assembly.CopyTo(copy);
            copy.Position = 0;
            using var reader = new PEReader(copy);
            Assert.Contains(reader.ReadDebugDirectory(), entry => entry.Type is DebugDirectoryEntryType.EmbeddedPortablePdb);
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task On_Linux_the_tool_is_compiled_ahead_of_time()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
            return;
        await _folder.PackReleaseAsync("Node");
        await InstallAsync();
        // NuGet keeps the package itself beside the program.
        var files = new DirectoryInfo(ToolPath).GetFiles("*", SearchOption.AllDirectories)
            .Where(file => file.Extension is not ".nupkg").ToList();

        Assert.InRange(files.Sum(file => file.Length), 1_000_000, MaxBytes);
        foreach (var name in new[] { "Node.dll", "ActorPool.dll", "Akka.dll", "Akka.Remote.dll" })
        {
            using var reader = new PEReader(files.Single(file => file.Name.Equals(name, StringComparison.Ordinal)).OpenRead());
            Assert.True(reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0, $"{name} is not compiled.");
        }
        using var seed = NodeProcess.Run(Tool, "--seed", "--port", "0", "--workers", "1");
        await seed.AwaitAsync("next:");
        await seed.SignalAsync("TERM");
        await seed.CheckEndAsync(0);
    }

    private Task InstallAsync() => ProgramFolder.DotnetAsync(
        "tool", "install", Package, "--tool-path", ToolPath, "--configfile", Path.Combine(_folder.Path, "nuget.config"));

    private static XElement Find(XElement metadata, string name) =>
        metadata.Elements().Single(element => element.Name.LocalName.Equals(name, StringComparison.Ordinal));
}
