using System.Collections.Concurrent;
using ActorPool.Hosting;
using ActorPool.Security;
using ActorPool.Shipping;
using ActorPool.Transport;

namespace ActorPool.Cluster;

/// <summary>What a node's actors and its data plane share.</summary>
internal sealed class NodeRuntime(PoolSettings settings, Func<Guid, CodeContext> newCodeContext)
{
    public PoolSettings Settings => settings;

    /// <summary>Sessions by their number; written by the agent alone, read by the data plane's handshakes.</summary>
    public ConcurrentDictionary<Guid, NodeSession> Sessions { get; } = new();

    public int DataPort { get; set; }

    /// <summary>Whether the node is ending: its sessions have, and it takes no new ones.</summary>
    public bool IsEnding { get; set; }

    public string EngineVersion { get; } = typeof(NodeRuntime).Assembly.GetName().Version!.ToString(3);

    /// <summary>What happens when the others have removed this node.</summary>
    public Action<string> OnOutcast { get; set; } = static _ => { };

    /// <summary>Completes when the cluster has taken the node in.</summary>
    public TaskCompletionSource Joined { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The nodes that this one was told to join.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Who may connect.</summary>
    public required ClusterSecurity Security { get; init; }

    /// <summary>This node's own host:port.</summary>
    public string Address { get; set; } = "";

    public CodeContext NewCodeContext(Guid process) => newCodeContext(process);

    public Ticket? TicketOf(Guid session) => Sessions.TryGetValue(session, out var found) ? found.Ticket : null;

    public void OnConnected(Guid session, DataConnection connection)
    {
        if (Sessions.TryGetValue(session, out var found))
            _ = found.RunAsync(connection);
        else
            _ = connection.DisposeAsync().AsTask();
    }
}
