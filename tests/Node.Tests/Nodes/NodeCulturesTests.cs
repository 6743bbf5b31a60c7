using ActorPool.Diagnostics;
using ActorPool.Node.Nodes;

namespace ActorPool.Node.Tests.Nodes;

/// <summary>Nodes on a system without ICU.</summary>
/// <remarks>The loader finds empty files in place of its libraries.</remarks>
public sealed class NodeCulturesTests : IDisposable
{
    private static readonly string[] s_folders = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"];

    private readonly DirectoryInfo _libraries = Directory.CreateTempSubdirectory("no-icu");

    public NodeCulturesTests()
    {
        // The loader takes the first file with a name, and the runtime tries many names.
        var folders = s_folders.Where(Directory.Exists);
        foreach (var folder in folders.Concat(folders.SelectMany(Directory.EnumerateDirectories)))
        {
            foreach (var library in Directory.EnumerateFiles(folder, "libicu*.so*"))
                File.WriteAllBytes(Path.Combine(_libraries.FullName, Path.GetFileName(library)), []);
        }
    }

    public void Dispose() => _libraries.Delete(recursive: true);

    [Theory]
    [InlineData("--seed --port 0", "")]
    [InlineData("--join 127.0.0.1:8110", "")]
    [InlineData("--seed --port 0", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")]
    [InlineData("--seed --port 0", "LANG=de_DE.UTF-8")]
    public async Task A_node_without_ICU_prints_in_one_line_what_is_missing_and_what_to_do(string flags, string variable)
    {
        using var node = Start(variable, flags);

        await node.CheckEndAsync(78);

        var line = Assert.Single(node.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Error: ICU, the library of cultures, is missing here: ", line, StringComparison.Ordinal);
        Assert.Contains("libicu", line, StringComparison.Ordinal);
        Assert.Equal("", node.Output);
    }

    [Theory]
    [InlineData("demo --rows 1000 --runs 1", "[1, 4, 9, 16, 25]")]
    [InlineData("--help", "--seed")]
    public async Task Commands_that_need_no_cultures_run_without_ICU(string arguments, string expected)
    {
        using var node = Start("", arguments);

        Assert.True(await node.EndAsync() == 0, node.Log);

        Assert.Contains(expected, node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_flags_are_reported_without_ICU_too()
    {
        using var node = Start("", "--seed --port some");

        await node.CheckEndAsync(2);

        Assert.Contains("--port is [some]", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variable_for_invariant_globalization_has_no_effect_where_ICU_is_present()
    {
        using var node = NodeProcess.StartWith(["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"], ["--seed", "--port", "0"]);

        await node.AwaitAsync("next:");
    }

    [Fact]
    public void This_process_has_cultures() => Assert.Equal(CultureSupport.Full, CultureProbe.Measure());

    [Fact]
    public void Each_missing_part_has_its_own_message()
    {
        Assert.Null(NodeCultures.FindFault(CultureSupport.Full));
        Assert.Contains("icu-data-full", NodeCultures.FindFault(CultureSupport.EnglishOnly), StringComparison.Ordinal);
        Assert.Contains("is missing here", NodeCultures.FindFault(CultureSupport.Invariant), StringComparison.Ordinal);
    }

    private NodeProcess Start(string variable, string arguments) =>
        NodeProcess.StartWith(
            [$"LD_LIBRARY_PATH={_libraries.FullName}", .. variable.Length > 0 ? [variable] : Array.Empty<string>()], arguments.Split(' '));
}
