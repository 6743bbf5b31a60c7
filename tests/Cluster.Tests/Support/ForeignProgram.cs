using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests.Support;

/// <summary>A user's program outside of this repository, with a class library.</summary>
/// <remarks>It references the ActorPool package of a local feed.</remarks>
public sealed class ForeignProgram : IAsyncLifetime
{
    private const string Version = "0.1.0-test";

    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("foreign");

    public string Assembly => Path.Combine(_folder.FullName, "Program", "bin", "Debug", "net10.0", "Program.dll");

    public async Task InitializeAsync()
    {
        var feed = Path.Combine(_folder.FullName, "feed");
        var engine = Path.Combine(Repository.Root, "src", "Engine");
        await DotnetAsync("pack", engine, "--no-build", "-c", Repository.Configuration, $"-p:PackageVersion={Version}", "-o", feed);

        // The package's dependencies were restored for this repository: no network is needed, and the user's package folder stays as it is.
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await WriteAsync("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><clear /><add key="feed" value="{feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{packages}" /></fallbackPackageFolders>
            </configuration>
            """);
        await WriteAsync("Prices/Prices.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);
        await WriteAsync("Prices/Prices.cs", """
            namespace Prices;
            public record Price(int Article, double Gross);
            public static class Tax { public static double Gross(double net, double rate) => net * (1 + rate); }
            """);
        await WriteAsync("Program/Program.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ActorPool" Version="{Version}" />
                <ProjectReference Include="../Prices/Prices.csproj" />
              </ItemGroup>
            </Project>
            """);
        await WriteAsync("Program/Program.cs", """
            using ActorPool;
            using ActorPool.Diagnostics;
            using Prices;

            if (args is ["lend"])
            {
                await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 });
                Console.WriteLine(node);
                return;
            }
            await using var pool = await WorkerPool.ConnectAsync(args[0]);
            var rate = double.Parse(args[1]);
            Price[] prices = await pool.MapAsync(article => new Price(article, Tax.Gross(article, rate)), Enumerable.Range(0, 10_000));
            var isExact = prices.Select(price => price.Article).SequenceEqual(Enumerable.Range(0, 10_000))
                && prices.All(price => price.Gross == price.Article * (1 + rate));
            Console.WriteLine(isExact ? "exact" : "wrong");
            if (args.Length == 2)
                return;

            // Items that the test holds until it has seen where they run.
            var port = int.Parse(args[2]);
            int[] held = await pool.MapAsync(
                async (article, token) => { await Gate.PassAsync(port, article, token); return article; },
                Enumerable.Range(0, 100), new JobOptions { ChunkSize = 1 });
            Console.WriteLine(held.SequenceEqual(Enumerable.Range(0, 100)) ? "exact again" : "wrong");
            """);
        await WriteAsync("Program/Gate.cs", """
            using System.Net;
            using System.Net.Sockets;

            static class Gate
            {
                public static async Task PassAsync(int port, int article, CancellationToken token)
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync(IPAddress.Loopback, port, token);
                    using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
                    writer.WriteLine($"{Environment.ProcessId} {article}");
                    try { await client.GetStream().ReadExactlyAsync(new byte[1], token); }
                    catch (OperationCanceledException) { writer.WriteLine("cancelled"); throw; }
                }
            }
            """);
        await DotnetAsync("build", Path.Combine(_folder.FullName, "Program"), "-nodeReuse:false", "-p:UseSharedCompilation=false");
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    internal NodeProcess Start(params string[] arguments) => NodeProcess.Run("dotnet", [Assembly, .. arguments]);

    internal NodeProcess StartWith(string[] environment, params string[] arguments) =>
        NodeProcess.Run("env", [.. environment, "dotnet", Assembly, .. arguments]);

    private async Task WriteAsync(string file, string text)
    {
        var path = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }

    private static async Task DotnetAsync(params string[] arguments)
    {
        using var process = NodeProcess.Run("dotnet", arguments);
        if (await process.EndAsync(s_buildLimit) != 0)
            throw new InvalidOperationException(process.Log);
    }
}
