using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using ActorPool.Benchmarks.Children;

namespace ActorPool.Benchmarks.Peers;

/// <summary>Nodes of ActorPool, each a process, and a pool over them.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private static readonly string s_node = Path.GetFullPath(
        typeof(NodeCluster).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key is "NodePath").Value!,
        AppContext.BaseDirectory);

    private readonly List<PeerProcess> _nodes = [];
    private readonly bool _tls;
    private readonly bool _socket;
    private WorkerPool? _pool;

    private NodeCluster(bool tls, bool socket = false) => (_tls, _socket) = (tls, socket);

    /// <summary>The address of the first node.</summary>
    public string Seed { get; private set; } = "";

    public WorkerPool Pool => _pool!;

    /// <summary>Starts nodes and a pool over them, with TCP between them as between machines.</summary>
    /// <param name="tls">Whether they show each other certificates and encrypt, which is the default; most peers do neither.</param>
    /// <param name="nodes">The number of workers of each node.</param>
    public static Task<NodeCluster> StartAsync(bool tls, params int[] nodes) => StartAsync(new NodeCluster(tls), nodes);

    /// <summary>Starts a node and a pool over it, with a Unix domain socket between them.</summary>
    /// <remarks>These are the defaults on one machine.</remarks>
    public static Task<NodeCluster> StartLocalAsync(int workers) => StartAsync(new NodeCluster(tls: true, socket: true), [workers]);

    /// <summary>Starts nodes only, for a caller in another process.</summary>
    /// <param name="tls">Whether they show certificates and encrypt.</param>
    /// <param name="nodes">The number of workers of each node.</param>
    public static Task<NodeCluster> StartNodesAsync(bool tls, params int[] nodes) => AddNodesAsync(new NodeCluster(tls), nodes);

    private static async Task<NodeCluster> StartAsync(NodeCluster cluster, int[] nodes)
    {
        await AddNodesAsync(cluster, nodes);
        try
        {
            cluster._pool = await ConnectAsync(cluster._tls, cluster.Seed);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static async Task<NodeCluster> AddNodesAsync(NodeCluster cluster, int[] nodes)
    {
        try
        {
            foreach (var workers in nodes)
                await cluster.AddNodeAsync(workers);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a pool over the nodes, without workers in this process.</summary>
    public static Task<WorkerPool> ConnectAsync(bool tls, string seed) =>
        WorkerPool.ConnectAsync(seed, tls ? null : new WorkerPoolOptions { Config = "actorpool.cluster.tls.enabled = off" });

    public async ValueTask DisposeAsync()
    {
        if (_pool is not null)
            await _pool.DisposeAsync();
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private async Task AddNodeAsync(int workers)
    {
        if (!File.Exists(s_node))
            throw new SkippedException($"[{s_node}] is not built");
        string[] role = _nodes.Count == 0 ? ["--seed"] : ["--join", Seed];
        var start = new ProcessStartInfo(
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet" ? Environment.ProcessPath! : "dotnet",
            [s_node, .. role, "--port", "0", "--workers", workers.ToString(CultureInfo.InvariantCulture)]);
        start.Environment["ACTORPOOL__CLUSTER__TLS__ENABLED"] = _tls ? "on" : "off";
        start.Environment["ACTORPOOL__CLUSTER__LOCAL_SOCKET"] = _socket ? "on" : "off";
        var node = PeerProcess.Start(start);
        _nodes.Add(node);
        var address = await node.ExpectAsync(Patterns.Address);
        if (_nodes.Count == 1)
            Seed = address.Groups["address"].Value;
    }
}
