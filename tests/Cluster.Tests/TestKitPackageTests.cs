using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests;

/// <summary>The package ActorPool.TestKit, installed from a folder.</summary>
public sealed class TestKitPackageTests
{
    [Fact]
    public async Task A_program_with_only_the_package_tests_a_pool_on_virtual_time()
    {
        using var folder = new ProgramFolder();
        await folder.PackAsync("Engine", "TestKit");
        await folder.WriteAsync("Suite/Suite.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="ActorPool.TestKit" Version="*" /></ItemGroup>
            </Project>
            """);
        await folder.WriteAsync("Suite/Program.cs", """
            using ActorPool;
            using ActorPool.TestKit;

            await using var test = PoolTest.Start(workers: 1);
            var download = test.CreateFunction<string, int>();
            var sizes = test.Pool.TryMapAsync(download.RunAsync, ["a"], new JobOptions { ItemTimeout = TimeSpan.FromDays(1) });
            await download.NextAsync();
            await test.AdvanceAsync(TimeSpan.FromDays(1));
            var ended = await test.ExpectResultAsync(sizes);
            Console.WriteLine(ended[0].Error!.InnerException!.GetType().Name);
            """);
        await folder.BuildAsync("Suite");

        using var run = NodeProcess.Run("dotnet", Path.Combine(folder.Path, "Suite", "bin", "Debug", "net10.0", "Suite.dll"));

        await run.CheckEndAsync(0);
        Assert.Equal("TimeoutException\n", run.Output);
    }
}
