using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>A generic node, as <c>dotnet Node.dll</c> starts it: a process that has never seen these tests.</summary>
internal sealed class ClusterNode : IDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly NetworkHost? _host;
    private int _freezes;

    private ClusterNode(NodeProcess process, string address, int workers, DirectoryInfo folder, NetworkHost? host) =>
        (Process, Address, Workers, _folder, _host) = (process, address, workers, folder, host);

    public NodeProcess Process { get; }

    public string Address { get; }

    public int Workers { get; }

    public int Id => Process.Id;

    /// <summary>How often something happened to it, or to its host's link, for which a pool may lose its workers.</summary>
    public int Harms => _freezes + (_host?.Harms ?? 0) + (Process.HasExited ? 1 : 0) + Process.Error.Split("It joins again.").Length - 1;

    public Resources Resources => Resources.Of(Id, TemporaryOf(_folder));

    public static Task<ClusterNode> StartSeedAsync(int workers, params string[] flags) => StartAsync([], workers, ["--seed", "--port", "0", .. flags]);

    /// <summary>Starts a seed at the address where this one was.</summary>
    public Task<ClusterNode> StartAgainAsync() => StartAsync([], Workers, ["--seed", "--port", Address.Split(':')[1]]);

    public Task<ClusterNode> StartNextAsync(int workers, params string[] flags) => StartAsync([], workers, ["--join", Address, .. flags]);

    /// <summary>Starts a further node with variables such as <c>ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=1s</c>.</summary>
    public Task<ClusterNode> StartNextWithAsync(string[] environment, int workers) => StartAsync(environment, workers, ["--join", Address]);

    /// <summary>A pool over this node and all that it knows, when it has so many workers.</summary>
    public async Task<WorkerPool> ConnectAsync(int workers, WorkerPoolOptions? options = null)
    {
        var pool = await WorkerPool.ConnectAsync(Address, options).Within("the connection");
        await Deadline.Until(() => pool.Workers == workers, $"a pool of {workers} workers", pool);
        return pool;
    }

    /// <summary>What the process has used so far.</summary>
    public TimeSpan ProcessorTime()
    {
        using var process = System.Diagnostics.Process.GetProcessById(Id);
        return process.TotalProcessorTime;
    }

    public Task SignalAsync(string signal)
    {
        if (signal is "STOP")
            _freezes++;
        return Process.SignalAsync(signal);
    }

    /// <summary>Waits until the process has let go of what it did not have before.</summary>
    public Task ReturnToAsync(Resources before) => Resources.ReturnToAsync(before, Id, TemporaryOf(_folder), $"the node {Address}");

    public void Dispose()
    {
        Process.Dispose(); // has ended then
        _folder.Delete(recursive: true);
    }

    /// <summary>Starts a node on a host of a network.</summary>
    public static Task<ClusterNode> StartOnAsync(NetworkHost host, int workers, string[] environment, params string[] flags) =>
        StartAsync(environment, workers, ["--host", host.Address, "--certs", host.Certificates, .. flags], host);

    private static async Task<ClusterNode> StartAsync(string[] environment, int workers, string[] flags, NetworkHost? host = null)
    {
        var folder = Directory.CreateTempSubdirectory("node-");
        // Empty, so that it has to ask for all code.
        var codeCache = folder.CreateSubdirectory("code");
        Directory.CreateDirectory(TemporaryOf(folder));
        var process = NodeProcess.StartWith(
            [.. environment, $"ACTORPOOL__CLUSTER__CODE_CACHE={codeCache.FullName}", $"TMPDIR={TemporaryOf(folder)}"], [.. flags, "--workers", $"{workers}"], host?.Prefix);
        try
        {
            await process.AwaitAsync("next:");
            var address = (await process.AwaitAsync("control:")).Split("control:")[1].Trim();
            return new ClusterNode(process, address, workers, folder, host);
        }
        catch
        {
            process.Dispose();
            folder.Delete(recursive: true);
            throw;
        }
    }

    private static string TemporaryOf(DirectoryInfo folder) => Path.Combine(folder.FullName, "tmp");
}
