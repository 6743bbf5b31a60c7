using System.Xml.Linq;
using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests;

/// <summary>The templates of dotnet new, installed from a folder, and the programs that they make.</summary>
public sealed class TemplateTests : IDisposable
{
    private const string Primes = "78498 primes below 1000000, counted by ";

    private readonly ProgramFolder _folder = new();

    // Not among the user's own templates.
    private string[] Hive => ["--debug:custom-hive", Path.Combine(_folder.Path, "hive")];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_console_program_maps_here_and_on_a_cluster()
    {
        await _folder.PackAsync("Engine", "Templates");
        await CreateAsync("actorpool", "First.Map");
        await _folder.BuildAsync("First.Map");
        var program = Path.Combine(_folder.Path, "First.Map", "bin", "Debug", "net10.0", "First.Map.dll");

        using (var here = NodeProcess.Run("dotnet", program))
        {
            await here.CheckEndAsync(0);
            Assert.Equal($"{Primes}{Environment.ProcessorCount} workers.\n", here.Output);
        }
        using var node = await ClusterNode.StartSeedAsync(workers: 3);
        using var there = NodeProcess.Run("dotnet", program, node.Address);
        await there.CheckEndAsync(0);
        Assert.Equal($"{Primes}3 workers.\n", there.Output);
    }

    [Fact]
    public async Task A_service_maps_when_it_is_asked()
    {
        await _folder.PackAsync("Engine", "Hosting", "Templates");
        await CreateAsync("actorpool-service", "First.Service");
        await _folder.BuildAsync("First.Service");
        var program = Path.Combine(_folder.Path, "First.Service", "bin", "Debug", "net10.0", "First.Service.dll");

        using var service = NodeProcess.Run("dotnet", program, "--urls", "http://127.0.0.1:0");
        var url = (await service.AwaitAsync("Now listening on: ")).Split("Now listening on: ")[1].Trim();
        using var http = new HttpClient();

        Assert.Equal("{\"limit\":1000000,\"primes\":78498}", await http.GetStringAsync(new Uri($"{url}/primes/1000000")));

        await service.SignalAsync("TERM");
        await service.CheckEndAsync(0);
    }

    [Theory]
    [InlineData("actorpool")]
    [InlineData("actorpool-service")]
    public async Task A_template_refers_to_the_packages_of_its_own_version(string template)
    {
        var settings = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        var version = settings.Descendants("Version").Single().Value;
        await _folder.PackAsync("Templates");

        await CreateAsync(template, "First", "--no-restore");
        await CreateAsync(template, "Second", "--no-restore", "--actorpool-version", "9.8.7");

        Assert.Equal(version, ReadVersion("First"));
        Assert.Equal("9.8.7", ReadVersion("Second"));
    }

    private string ReadVersion(string project) =>
        XDocument.Load(Path.Combine(_folder.Path, project, $"{project}.csproj"))
            .Descendants("PackageReference").Single().Attribute("Version")!.Value;

    private async Task CreateAsync(string template, string name, params string[] options)
    {
        if (!Directory.Exists(Hive[1]))
        {
            var package = Assert.Single(Directory.GetFiles(_folder.Feed, "ActorPool.Templates.*.nupkg"));
            await ProgramFolder.DotnetAsync(["new", "install", package, .. Hive]);
        }
        await ProgramFolder.DotnetAsync(["new", template, "-n", name, "-o", Path.Combine(_folder.Path, name), .. options, .. Hive]);
    }
}
