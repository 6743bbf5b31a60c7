using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests;

/// <summary>A program with packages, on nodes that have none of them.</summary>
public sealed class PackageTests(TwoSingleNodes nodes) : IClassFixture<TwoSingleNodes>
{
    private const string Expected = """
        a native library: SQLite 42
        resources of a language: 1 Woche
        resources of another language: 1 week
        a package called System: 4C667A2E
        a type by name: 21
        an assembly by name: Factor
        a provider by name, through .NET: 21
        a type by name, through .NET: named
        a type that no one has: none
        an assembly that no one has: none
        a native library that no one has: False
        data of one's own System assembly: Order { Article = nail, Count = 21 }

        """;

    [Fact]
    public async Task Native_libraries_resources_and_what_is_loaded_by_name_come_from_the_caller()
    {
        using var here = PackageProgram.Start("local");
        using var there = PackageProgram.Start(nodes.Seed.Address);

        Assert.True(await here.EndAsync() == 0, here.Log);
        Assert.True(await there.EndAsync() == 0, $"{there.Log}\n{nodes.Log()}");

        Assert.Equal(Expected, here.Output);
        Assert.Equal(Expected, there.Output);
    }

    [Fact]
    public async Task A_self_contained_program_is_as_good_as_another()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var folder = Directory.CreateTempSubdirectory("self-contained-");
        try
        {
            using var here = PackageProgram.StartSelfContained(folder.FullName, "local");
            Assert.True(await here.EndAsync() == 0, here.Log);
            using var there = PackageProgram.StartSelfContained(folder.FullName, nodes.Seed.Address);
            Assert.True(await there.EndAsync() == 0, $"{there.Log}\n{nodes.Log()}");

            Assert.Equal(Expected, here.Output);
            Assert.Equal(Expected, there.Output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Two_programs_in_a_row_use_one_file_of_a_native_library_and_none_is_left_when_the_node_ends()
    {
        using var node = await ClusterNode.StartSeedAsync(workers: 1);
        for (var i = 0; i < 2; i++)
        {
            using var run = PackageProgram.Start(node.Address);
            Assert.True(await run.EndAsync() == 0, $"{run.Log}\n{node.Process.Log}");
            Assert.Equal(Expected, run.Output);
        }
        Assert.Single(Find(node));

        await node.SignalAsync("TERM");
        await node.Process.CheckEndAsync(0);

        Assert.Empty(Find(node));
    }

    private static IEnumerable<string> Find(ClusterNode node) =>
        Directory.EnumerateFiles(node.CodeCache, "libe_sqlite3.so", SearchOption.AllDirectories);
}
