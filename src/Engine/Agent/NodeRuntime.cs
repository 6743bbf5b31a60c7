using System.Collections.Concurrent;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Shipping;
using ActorPool.Transport;

namespace ActorPool.Agent;

/// <summary>The state that a node's actors and its data plane share.</summary>
internal sealed class NodeRuntime(PoolSettings settings, Func<Guid, CodeContext> createCodeContext)
{
    private readonly Lock _renaming = new();
    private volatile IReadOnlyList<NodeAddress> _seeds = [];

    public PoolSettings Settings => settings;

    /// <summary>Sessions by their id; written only by the agent, read by the data plane's handshakes.</summary>
    public ConcurrentDictionary<Guid, AgentSession> Sessions { get; } = new();

    /// <summary>Counts the bytes of all sessions.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>The port of the data plane for others.</summary>
    public int DataPort { get; set; }

    /// <summary>The protocol versions that the node speaks to pools.</summary>
    public ProtocolVersions Versions => settings.Versions ?? ControlProtocol.Supported;

    /// <summary>Whether a node that has joined a cluster reaches no other member of it.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>What functions can change in the process.</summary>
    /// <value>Null where the process has other uses than its node.</value>
    public NodeSurroundings? Surroundings { get; init; }

    /// <summary>The Unix domain socket for pools of this user on this machine; empty for none.</summary>
    public string SocketPath { get; set; } = "";

    /// <summary>The process's previous node, which found itself outside its cluster.</summary>
    /// <value>Null if there was none, or when it has finished what it ran.</value>
    public NodeRuntime? Predecessor { get; set; }

    /// <summary>Starts the chunks; null before the node's agent starts and after it has stopped.</summary>
    public ChunkGate? Gate { get; set; }

    /// <summary>Workers that are not busy with chunks of the process's earlier nodes.</summary>
    public int FreeWorkers => Math.Max(0, Target - RunningAtPredecessors);

    /// <summary>Chunks that the node is to run at a time.</summary>
    /// <value>The workers of the settings, until an operator changes it; then also for the node that follows this one.</value>
    public int Target { get; set; } = settings.Workers;

    /// <summary>When the node was started.</summary>
    public DateTimeOffset Started { get; } = settings.TimeProvider.GetUtcNow();

    /// <summary>The members of its cluster, as it sees them.</summary>
    public IReadOnlyList<string> Members { get; set; } = [];

    /// <summary>Whether it takes no more chunks.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>The last lines of its log.</summary>
    public RecentLines Lines { get; } = new();

    /// <summary>Called when an operator tells the node to leave.</summary>
    public Action OnDrain { get; set; } = static () => { };

    private int RunningAtPredecessors =>
        Predecessor is { } predecessor ? (predecessor.Gate?.Running ?? 0) + predecessor.RunningAtPredecessors : 0;

    /// <summary>Whether the node is ending: it accepts no new sessions.</summary>
    public bool IsEnding { get; set; }

    public string EngineVersion { get; } = typeof(NodeRuntime).Assembly.GetName().Version!.ToString(3);

    /// <summary>Called when this node finds itself outside its cluster.</summary>
    public Action<NodeEnd> OnOutside { get; set; } = static _ => { };

    /// <summary>Completes when the node has joined its cluster.</summary>
    public TaskCompletionSource Joined { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The addresses of the nodes that this node was told to join.</summary>
    /// <value>Their own addresses, as soon as they have told them; before that, those by which this node calls them.</value>
    public required IReadOnlyList<NodeAddress> Seeds
    {
        get => _seeds;
        init => _seeds = value;
    }

    /// <summary>Decides who may connect.</summary>
    public required ClusterSecurity Security { get; init; }

    /// <summary>This node's address.</summary>
    public NodeAddress Address { get; set; }

    /// <summary>Records the own address of a seed that was called by another one.</summary>
    /// <returns>Whether it is news.</returns>
    /// <remarks>A name that leads to this node itself may lead to another one next time.</remarks>
    public bool RenameSeed(NodeAddress called, NodeAddress actual)
    {
        if (actual == Address)
            return false;
        lock (_renaming)
        {
            if (!_seeds.Contains(called))
                return false;
            _seeds = [.. _seeds.Select(seed => seed == called ? actual : seed).Distinct()];
            return true;
        }
    }

    public CodeContext CreateCodeContext(Guid process) => createCodeContext(process);

    public Ticket? FindTicket(Guid session) => Sessions.TryGetValue(session, out var found) ? found.Ticket : null;

    public void OnConnected(Guid session, DataConnection connection)
    {
        if (Sessions.TryGetValue(session, out var found))
            _ = found.RunAsync(connection);
        else
            _ = connection.DisposeAsync().AsTask();
    }
}
