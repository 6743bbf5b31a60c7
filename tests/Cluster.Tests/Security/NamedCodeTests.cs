using System.Reflection;
using System.Runtime.Loader;
using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;
using MessagePack;

namespace ActorPool.ClusterTests.Security;

/// <summary>A node with code-shipping = off, and a caller who has a certificate and tries to have something else called.</summary>
public sealed class NamedCodeTests : IAsyncLifetime
{
    private static readonly string[] s_libraries = ["Cluster.Tests*.dll", "xunit*.dll", "Microsoft.*.dll"];
    private static readonly int[] s_results = [4, 5];

    private readonly DirectoryInfo _functions = Directory.CreateTempSubdirectory("functions-");
    private readonly SettingsFile _config = new("actorpool.cluster.code-shipping = off");
    private ClusterNode _node = null!;
    private WorkerPool _pool = null!;

    public async Task InitializeAsync()
    {
        // These tests' own assembly and what it needs is what the operator has put there.
        foreach (var file in s_libraries.SelectMany(pattern => Directory.EnumerateFiles(AppContext.BaseDirectory, pattern)))
            File.Copy(file, Path.Combine(_functions.FullName, Path.GetFileName(file)));
        _node = await ClusterNode.StartSeedAsync(workers: 1, "--config", _config.Path, "--functions", _functions.FullName);
        _pool = await WorkerPool.ConnectAsync(_node.Address).Within("the connection");
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
        await RefusedAsync(_pool.ForEachAsync(File.Delete, [file]));
        Action<string> delete = File.Delete;
        await RefusedAsync(_pool.ForEachAsync(path => delete(path), [file]));
        await RefusedAsync(_pool.ApplyAsync<byte, string>(MessagePackCode.ToFormatName, 1)); // of a library that the node has, in the very same build
        await RefusedAsync(_pool.ApplyAsync(NodesOwn()));
        Assert.True(File.Exists(file));

        Assert.Equal(s_results, await _pool.MapAsync(x => x + captured, [1, 2]).Within("a function of the directory", _pool));
    }

    /// <summary>A static method of the Node itself, as somebody who has read its metadata would name it.</summary>
    private static Func<string> NodesOwn()
    {
        var context = new AssemblyLoadContext("node", isCollectible: false);
        var resolver = new AssemblyDependencyResolver(Repository.Node);
        context.Resolving += (_, name) => resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        var node = context.LoadFromAssemblyPath(Repository.Node);
        return node.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .First(method => !method.ContainsGenericParameters && method.DeclaringType is { IsGenericType: false } && method.GetParameters().Length == 0 && method.ReturnType == typeof(string))
            .CreateDelegate<Func<string>>();
    }

    private async Task RefusedAsync(Task call)
    {
        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(() => call.Within("the refusal", _pool));
        Assert.Contains("actorpool.cluster.code-shipping = off", error.Message, StringComparison.Ordinal);
    }
}
