using ActorPool.Configuration;
using ActorPool.Diagnostics;

namespace ActorPool.Client;

/// <summary>Decides what a pool tells its user of a node that has joined it.</summary>
/// <remarks>A node that comes back, or that is started again at its address, is told of again only if it has changed.</remarks>
internal sealed class NodeNews(ProcessTraits here, TimeProvider clock)
{
    private readonly RepeatFilter _told = new(clock, TimeSpan.MaxValue);

    /// <summary>Returns how the node differs from this process; null if that is no news.</summary>
    public string? TakeDifferences(NodeAddress address, ProcessTraits node) =>
        TraitDifferences.Describe(node, here) is { } differences && _told.IsNew($"{address} {differences}") ? differences : null;
}
