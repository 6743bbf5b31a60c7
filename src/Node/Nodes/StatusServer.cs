using System.Diagnostics.Metrics;
using System.Net;
using ActorPool.Node.Http;
using ActorPool.Node.Observing;

namespace ActorPool.Node.Nodes;

/// <summary>Serves a node's state, its metrics and its dashboard over HTTP.</summary>
/// <remarks>From before it joins its cluster until it has left it.</remarks>
internal sealed class StatusServer : IAsyncDisposable
{
    /// <summary>The meters whose instruments it shows: the engine's, .NET's own, and that of this class.</summary>
    private static readonly string[] s_meters = ["ActorPool", "System.Runtime", NodeMeter];

    private const string NodeMeter = "ActorPool.Node";

    private readonly Meter _meter;
    private readonly MetricsPage _metrics;
    private readonly DashboardGuard _guard;
    private readonly ClusterWatch _watch;
    private WebServer? _server;

    private StatusServer(IPEndPoint endPoint, NodeStatus status, string config)
    {
        _metrics = new MetricsPage(s_meters);
        _meter = CreateMeter(status);
        _guard = new DashboardGuard(endPoint.Address);
        _watch = new ClusterWatch(status, config, TimeProvider.System);
    }

    /// <summary>The address of its pages.</summary>
    public string Url => $"http://{_server!.EndPoint}";

    /// <summary>The address of the dashboard, with its token; null where it is not served.</summary>
    public string? DashboardUrl => _guard.IsServed ? $"{Url}/?token={_guard.Token}" : null;

    /// <exception cref="NodeException">The port is in use, or the address is not one of this machine.</exception>
    public static async Task<StatusServer> StartAsync(IPEndPoint endPoint, NodeStatus status, string config)
    {
        var server = new StatusServer(endPoint, status, config);
        try
        {
            server._server = await WebServer.StartAsync(endPoint, application =>
            {
                new DashboardPages(server._guard, server._watch, TimeProvider.System).Map(application);
                new ProbePages(status, server._metrics).Map(application);
            });
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await _watch.DisposeAsync();
        _meter.Dispose();
        _metrics.Dispose();
    }

    private static Meter CreateMeter(NodeStatus status)
    {
        var version = typeof(PoolNode).Assembly.GetName().Version!.ToString(3);
        var meter = new Meter(NodeMeter, version);
        meter.CreateObservableGauge(
            "actorpool.node.ready", () => status.FindUnreadyReason() is null ? 1 : 0,
            description: "Whether the node takes work: 1, or 0 while it joins, leaves or has lost its cluster.");
        meter.CreateObservableGauge(
            "actorpool.node.info", () => new Measurement<int>(1, KeyValuePair.Create("version", (object?)version)),
            description: "The version of ActorPool; always 1.");
        return meter;
    }
}
