using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>A process of <c>dotnet Node.dll</c>, which does not have the assembly of these tests.</summary>
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

    /// <summary>How many events could have cost a pool this node's workers.</summary>
    /// <remarks>Events of the process, and of its host's link.</remarks>
    public int Harms =>
        _freezes + (_host?.Harms ?? 0) + (Process.HasExited ? 1 : 0) + Process.Error.Split("It joins again.").Length - 1;

    /// <summary>The lines on standard error so far, without Akka's warnings about late heartbeats.</summary>
    /// <remarks>Akka logs those on a busy machine. Without those about jobs, too: honest work has some all the time.</remarks>
    public IReadOnlyList<string> LogLines =>
    [
        .. Process.Error.Split('\n')
            .Where(line => line.Length > 0 && !line.Contains("sending of heartbeat was delayed", StringComparison.Ordinal)
                && !line.Contains("] (id ", StringComparison.Ordinal)),
    ];

    /// <summary>Where it keeps code that was sent to it.</summary>
    public string CodeCache => GetCodeCache(_folder);

    public Resources Resources => Resources.Read(Id, GetTemporary(_folder));

    public static Task<ClusterNode> StartSeedAsync(int workers, params string[] flags) => StartSeedWithAsync([], workers, flags);

    /// <summary>Starts a seed with variables such as <c>ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=1s</c>.</summary>
    public static Task<ClusterNode> StartSeedWithAsync(string[] environment, int workers, params string[] flags) =>
        StartAsync(environment, workers, ["--seed", "--port", Ports.GetFree(), .. flags]);

    /// <summary>Starts a seed at the address of this one, which has ended.</summary>
    public Task<ClusterNode> StartAgainAsync() => StartAsync([], Workers, ["--seed", "--port", Address.Split(':')[1]]);

    public Task<ClusterNode> StartNextAsync(int workers, params string[] flags) => StartAsync([], workers, ["--join", Address, .. flags]);

    /// <summary>Starts a further node with variables such as <c>ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=1s</c>.</summary>
    public Task<ClusterNode> StartNextWithAsync(string[] environment, int workers, params string[] flags) =>
        StartAsync(environment, workers, ["--join", Address, .. flags]);

    /// <summary>Connects a pool to the cluster, and waits until it has the given workers.</summary>
    public async Task<WorkerPool> ConnectAsync(int workers, WorkerPoolOptions? options = null)
    {
        var pool = await WorkerPool.ConnectAsync(Address, AddLongTimeout(options)).Within("the connection");
        await Deadline.Until(() => pool.Workers == workers, $"a pool of {workers} workers", pool);
        return pool;
    }

    /// <summary>Adds a connect timeout of one minute.</summary>
    /// <remarks>The default of 10 s can be too short on a busy machine.</remarks>
    public static WorkerPoolOptions AddLongTimeout(WorkerPoolOptions? options = null) =>
        (options ?? new WorkerPoolOptions()) with { Config = $"{options?.Config}\nactorpool.cluster.connect-timeout = 1m" };

    /// <summary>Reads the processor time that the process has used so far.</summary>
    public TimeSpan GetProcessorTime()
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

    /// <summary>Waits until the process holds no more than before.</summary>
    public Task AwaitReleaseAsync(Resources before) =>
        Resources.AwaitReleaseAsync(before, Id, GetTemporary(_folder), $"the node {Address}");

    public void Dispose()
    {
        Process.Dispose(); // the process has ended then
        _folder.Delete(recursive: true);
    }

    /// <summary>Starts a node on a host of a network.</summary>
    public static Task<ClusterNode> StartOnAsync(NetworkHost host, int workers, string[] environment, params string[] flags) =>
        StartAsync(environment, workers, ["--host", host.Address, "--certs", host.Certificates, .. flags], host);

    private static async Task<ClusterNode> StartAsync(string[] environment, int workers, string[] flags, NetworkHost? host = null)
    {
        var folder = Directory.CreateTempSubdirectory("node-");
        // An empty cache: the node must ask for all code.
        Directory.CreateDirectory(GetCodeCache(folder));
        Directory.CreateDirectory(GetTemporary(folder));
        var process = NodeProcess.StartWith(
            [.. environment, $"ACTORPOOL__CLUSTER__CODE_CACHE={GetCodeCache(folder)}", $"TMPDIR={GetTemporary(folder)}"],
            [.. flags, "--workers", $"{workers}"], host?.Prefix);
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

    private static string GetCodeCache(DirectoryInfo folder) => Path.Combine(folder.FullName, "code");

    private static string GetTemporary(DirectoryInfo folder) => Path.Combine(folder.FullName, "tmp");
}
