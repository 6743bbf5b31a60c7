using System.Collections.Concurrent;
using ActorPool.Configuration;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Client;

/// <summary>The parts that a pool over nodes needs to send its jobs.</summary>
/// <remarks>They are the serializer, the code that its workers start with, the broadcast values, and how its seeds answered.</remarks>
internal sealed class ClusterClient
{
    public ClusterClient(
        PayloadLimits limits, Action? initializer, Func<object>? workerState, Conversions conversions, IReadOnlyList<NodeAddress> seeds)
    {
        Seeds = seeds;
        Serializer = new PayloadSerializer(limits, ModuleCatalog.Shared, conversions);
        Converters = conversions.IsEmpty ? null : FunctionShipper.Describe(conversions, limits);
        Session = FunctionShipper.Describe([], [initializer, workerState], Serializer);
        Exceptions = new ExceptionFormat(Serializer, new CallerModules([initializer, workerState]));
    }

    /// <summary>This process's id: its pools share a code context on each node.</summary>
    public static Guid Process { get; } = Guid.NewGuid();

    /// <summary>The addresses that the caller named.</summary>
    public IReadOnlyList<NodeAddress> Seeds { get; }

    /// <summary>How nodes are reached.</summary>
    public required ClusterSecurity Security { get; init; }

    /// <summary>The last outcome of using each seed.</summary>
    /// <value>For the caller's error when no seed can be used.</value>
    public ConcurrentDictionary<NodeAddress, string> Attempts { get; } = new();

    /// <summary>Why seeds have refused finally: asking them again is of no use.</summary>
    public ConcurrentDictionary<NodeAddress, string> Refused { get; } = new();

    public PayloadSerializer Serializer { get; }

    /// <summary>The converters of the pool; null for none.</summary>
    public CodeManifest? Converters { get; }

    /// <summary>Initializer and state factory.</summary>
    public CodeManifest Session { get; }

    /// <summary>Makes what initializer and state factory threw on nodes.</summary>
    public ExceptionFormat Exceptions { get; }

    /// <summary>Broadcast values; sent to each node before its first job.</summary>
    public BroadcastValues Shared { get; } = new();
}
