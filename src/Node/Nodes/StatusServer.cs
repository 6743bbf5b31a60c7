using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using ActorPool.Node.Http;

namespace ActorPool.Node.Nodes;

/// <summary>Serves a node's state and metrics over HTTP.</summary>
/// <remarks>From before it joins its cluster until it has left it.</remarks>
internal sealed class StatusServer : IAsyncDisposable
{
    /// <summary>The meters whose instruments it shows: the engine's, .NET's own, and that of this class.</summary>
    private static readonly string[] s_meters = ["ActorPool", "System.Runtime", NodeMeter];

    private const string NodeMeter = "ActorPool.Node";

    private readonly Meter _meter;
    private readonly MetricsPage _metrics;
    private readonly HttpServer _server;

    private StatusServer(IPEndPoint endPoint, NodeStatus status)
    {
        _metrics = new MetricsPage(s_meters);
        _meter = CreateMeter(status);
        try
        {
            _server = HttpServer.Start(endPoint, new NodePages(status, _metrics).Answer, TimeProvider.System);
        }
        catch
        {
            _meter.Dispose();
            _metrics.Dispose();
            throw;
        }
    }

    /// <summary>The address of its pages.</summary>
    public string Url => $"http://{_server.EndPoint}";

    /// <exception cref="NodeException">The port is in use, or the address is not one of this machine.</exception>
    public static StatusServer Start(IPEndPoint endPoint, NodeStatus status)
    {
        try
        {
            return new StatusServer(endPoint, status);
        }
        catch (SocketException e)
        {
            throw new NodeException(
                $"The node cannot serve --http on [{endPoint}]: {e.Message}. Choose another port, 0 for any free one, or off.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
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
