using System.Reflection;
using System.Runtime.Loader;
using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;
using MessagePack;

namespace ActorPool.ClusterTests.Security;

/// <summary>A node with <c>code-shipping = off</c> calls only functions of its directory.</summary>
/// <remarks>The caller has a certificate, and tries to have other functions called.</remarks>
public sealed class NamedCodeTests : IAsyncLifetime
{
    private static readonly string[] s_libraries =
        ["Cluster.Tests*.dll", "Values*.dll", "FSharp.Core.dll", "xunit*.dll", "Microsoft.*.dll"];
    private static readonly int[] s_results = [4, 5];

    private readonly DirectoryInfo _functions = Directory.CreateTempSubdirectory("functions-");
    private readonly SettingsFile _config = new("actorpool.cluster.code-shipping = off");
    private ClusterNode _node = null!;
    private WorkerPool _pool = null!;

    public async Task InitializeAsync()
    {
        // The operator has put the assembly of these tests and its libraries there.
        foreach (var file in s_libraries.SelectMany(pattern => Directory.EnumerateFiles(AppContext.BaseDirectory, pattern)))
            File.Copy(file, Path.Combine(_functions.FullName, Path.GetFileName(file)));
        _node = await ClusterNode.StartSeedAsync(workers: 1, "--config", _config.Path, "--functions", _functions.FullName);
        try
        {
            _pool = await WorkerPool.ConnectAsync(_node.Address, ClusterNode.AddLongTimeout()).Within("the connection");
        }
        catch
        {
            _node.Dispose(); // xunit disposes of nothing that was not initialized
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        _node.Dispose();
        _config.Dispose();
        _functions.Delete(recursive: true);
    }

    [Fact]
    public async Task Only_functions_of_the_directory_are_called()
    {
        var captured = 3;
        Assert.Equal(s_results, await _pool.MapAsync(x => x + captured, [1, 2]).Within("a function of the directory", _pool));

        var file = Path.Combine(_functions.FullName, "kept");
        await File.WriteAllTextAsync(file, "");
        await CheckRefusedAsync(_pool.ForEachAsync(File.Delete, [file]));
        Action<string> delete = File.Delete;
        await CheckRefusedAsync(_pool.ForEachAsync(path => delete(path), [file]));
        // A function of a library that the node has in the same build.
        await CheckRefusedAsync(_pool.ApplyAsync<byte, string>(MessagePackCode.ToFormatName, 1));
        await CheckRefusedAsync(_pool.ApplyAsync(FindNodeMethod()));
        Assert.True(File.Exists(file));

        Assert.Equal(s_results, await _pool.MapAsync(x => x + captured, [1, 2]).Within("a function of the directory", _pool));
    }

    /// <summary>Finds a static method of the Node program in its metadata, as an attacker could.</summary>
    private static Func<string> FindNodeMethod()
    {
        var context = new AssemblyLoadContext("node", isCollectible: false);
        var resolver = new AssemblyDependencyResolver(Repository.Node);
        context.Resolving += (_, name) => resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        var node = context.LoadFromAssemblyPath(Repository.Node);
        // Not all types: this process has no ASP.NET Core, from which some derive.
        return node.GetType("ActorPool.Node.Nodes.Announcement", throwOnError: true)!
            .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .First(method => method.GetParameters().Length == 0 && method.ReturnType == typeof(string))
            .CreateDelegate<Func<string>>();
    }

    private async Task CheckRefusedAsync(Task call)
    {
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(() => call.Within("the refusal", _pool));
        Assert.Contains("actorpool.cluster.code-shipping = off", error.Message, StringComparison.Ordinal);
    }
}
