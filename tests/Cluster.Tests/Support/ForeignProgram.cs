using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests.Support;

/// <summary>A user's program outside of this repository, with a class library.</summary>
/// <remarks>It references the ActorPool package of a local feed.</remarks>
public sealed class ForeignProgram : IAsyncLifetime
{
    private readonly ProgramFolder _folder = new();

    public string Assembly => Path.Combine(_folder.Path, "Program", "bin", "Debug", "net10.0", "Program.dll");

    public async Task InitializeAsync()
    {
        await _folder.PackEngineAsync();
        await _folder.WriteAsync("Prices/Prices.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);
        await _folder.WriteAsync("Prices/Prices.cs", """
            namespace Prices;
            public record Price(int Article, double Gross);
            public static class Tax { public static double Gross(double net, double rate) => net * (1 + rate); }
            """);
        await _folder.WriteAsync("Program/Program.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ActorPool" Version="{ProgramFolder.Version}" />
                <ProjectReference Include="../Prices/Prices.csproj" />
              </ItemGroup>
            </Project>
            """);
        await _folder.WriteAsync("Program/Program.cs", """
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
        await _folder.WriteAsync("Program/Gate.cs", """
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
        await _folder.BuildAsync("Program");
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    internal NodeProcess Start(params string[] arguments) => NodeProcess.Run("dotnet", [Assembly, .. arguments]);

    internal NodeProcess StartWith(string[] environment, params string[] arguments) =>
        NodeProcess.Run("env", [.. environment, "dotnet", Assembly, .. arguments]);
}
