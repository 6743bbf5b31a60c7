using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Client;

/// <summary>What a pool sends to each of its sessions, on nodes or in worker processes.</summary>
/// <remarks>They are the serializer, the code that workers start with, and the broadcast values.</remarks>
internal abstract class SessionSource
{
    protected SessionSource(PayloadLimits limits, Action? initializer, Func<object>? workerState, Conversions conversions)
    {
        Serializer = new PayloadSerializer(limits, ModuleCatalog.Shared, conversions);
        Converters = conversions.IsEmpty ? null : FunctionShipper.Describe(conversions, limits);
        Session = FunctionShipper.Describe([], [initializer, workerState], Serializer);
        Exceptions = new ExceptionFormat(Serializer, new CallerModules([initializer, workerState]));
    }

    public PayloadSerializer Serializer { get; }

    /// <summary>The converters of the pool; null for none.</summary>
    public CodeManifest? Converters { get; }

    /// <summary>Initializer and state factory.</summary>
    public CodeManifest Session { get; }

    /// <summary>Makes what initializer and state factory threw in other processes.</summary>
    public ExceptionFormat Exceptions { get; }

    /// <summary>Broadcast values; sent to each session before its first job.</summary>
    public BroadcastValues Shared { get; } = new();
}
