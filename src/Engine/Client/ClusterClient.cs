using System.Collections.Concurrent;
using ActorPool.Configuration;
using ActorPool.Security;
using ActorPool.Serialization;

namespace ActorPool.Client;

/// <summary>What a pool over nodes sends to its sessions, and how its seeds answered.</summary>
internal sealed class ClusterClient(
    PayloadLimits limits, Action? initializer, Func<object>? workerState, Conversions conversions, IReadOnlyList<NodeAddress> seeds)
    : SessionSource(limits, initializer, workerState, conversions)
{
    private readonly ConcurrentDictionary<NodeAddress, NodeAddress> _seedOf = new(seeds.Select(seed => KeyValuePair.Create(seed, seed)));

    /// <summary>This process's id: its pools share a code context on each node.</summary>
    public static Guid Process { get; } = Guid.NewGuid();

    /// <summary>The addresses that the caller named.</summary>
    public IReadOnlyList<NodeAddress> Seeds => seeds;

    /// <summary>Finds the address by which the caller named a node.</summary>
    /// <returns>Null if the caller did not name it.</returns>
    public NodeAddress? FindSeed(NodeAddress node) => _seedOf.TryGetValue(node, out var seed) ? seed : null;

    /// <summary>Records the own address of a node that was called by another one.</summary>
    public void RenameSeed(NodeAddress called, NodeAddress actual)
    {
        if (FindSeed(called) is { } seed)
            _seedOf.TryAdd(actual, seed);
    }

    /// <summary>How nodes are reached.</summary>
    public required ClusterSecurity Security { get; init; }

    /// <summary>The last outcome of using each seed.</summary>
    /// <value>For the caller's error when no seed can be used.</value>
    public ConcurrentDictionary<NodeAddress, string> Attempts { get; } = new();

    /// <summary>Formats what was tried so far.</summary>
    public string DescribeAttempts() => string.Join(' ', seeds.Select(seed =>
        $"Tried [{seed}]: {(Attempts.TryGetValue(seed, out var outcome) ? outcome : "it does not answer")}."));

    /// <summary>Why seeds have refused finally: asking them again is of no use.</summary>
    public ConcurrentDictionary<NodeAddress, string> Refused { get; } = new();
}
