using System.Collections.Concurrent;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Cluster;

/// <summary>What a pool over nodes needs to send its jobs: the serializer, the modules of its functions, and what its workers begin with.</summary>
internal sealed class CodeShipment
{
    public CodeShipment(PayloadLimits limits, Action? initializer, Func<object>? workerState, IReadOnlyList<string> seeds)
    {
        Seeds = seeds;
        Serializer = new PayloadSerializer(limits);
        Session = FunctionShipper.Describe([], [initializer, workerState], Serializer);
    }

    /// <summary>Pools of one process share a context of code on each node.</summary>
    public static Guid Process { get; } = Guid.NewGuid();

    /// <summary>host:port of the nodes that the caller named.</summary>
    public IReadOnlyList<string> Seeds { get; }

    /// <summary>How nodes are reached.</summary>
    public required ClusterSecurity Security { get; init; }

    /// <summary>By address, what came of trying to use a seed; for the caller's error when there is none.</summary>
    public ConcurrentDictionary<string, string> Attempts { get; } = new(StringComparer.Ordinal);

    /// <summary>Seeds that will not do until somebody changes something.</summary>
    public ConcurrentDictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

    public PayloadSerializer Serializer { get; }

    /// <summary>Initializer and state factory.</summary>
    public CodeManifest Session { get; }

    /// <summary>Values that functions use by their handle; sent to each node before its first job.</summary>
    public SharedValues Shared { get; } = new();
}
