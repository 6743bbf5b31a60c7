using System.Reflection;
using System.Runtime.Loader;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>What a node accepts into the context of a client's functions.</summary>
internal sealed record CodeContextOptions
{
    /// <summary>Whether clients may send modules that the node does not have.</summary>
    /// <value>Default: true. HOCON: <c>actorpool.cluster.code-shipping</c>.</value>
    public bool AllowShipping { get; init; } = true;

    /// <summary>The operator's folder of assemblies (<c>--functions DIR</c>); null for none.</summary>
    /// <remarks>All contexts of the node share it.</remarks>
    public FunctionsDirectory? Directory { get; init; }

    /// <summary>Without shipping: the node's program, whose functions callers may call; null for none.</summary>
    public Assembly? Service { get; init; }

    /// <summary>The node's disk cache of what clients sent; null for none.</summary>
    public ModuleStore? Store { get; init; }

    /// <summary>Where native libraries that clients sent are loaded from; null if clients may send none.</summary>
    public NativeFiles? Natives { get; init; }

    /// <summary>Whether the bytes of modules stay, for worker processes that need them, too.</summary>
    public bool KeepsBytes { get; init; }

    /// <summary>Longest module in bytes.</summary>
    public long MaxModuleBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Most bytes that all modules of this client may have together.</summary>
    /// <remarks>Without it, a client could fill the node's memory with code.</remarks>
    public long MaxTotalBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Limits of the values that functions captured.</summary>
    public PayloadLimits Limits { get; init; } = new();
}
