using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster.Serialization;

namespace ActorPool.Remoting;

/// <summary>Akka's serializer of cluster messages, restricted to those that members exchange.</summary>
/// <remarks>
/// Otherwise another process could send the command to remove a member. No issue is filed; see docs/akka.md. Remove when Akka's untrusted
/// mode refuses another process's commands to a cluster's daemon.
/// </remarks>
internal sealed class MembershipSerializer(ExtendedActorSystem system) : ClusterMessageSerializer(system)
{
    private static readonly FrozenSet<string> s_exchanged = new[]
    {
        "HB", "HBR", "Akka.Cluster.GossipStatus, Akka.Cluster", "Akka.Cluster.GossipEnvelope, Akka.Cluster",
        FormatInternal("InitJoin"), FormatInternal("InitJoinAck"), FormatInternal("InitJoinNack"),
        FormatInternal("Join"), FormatInternal("Welcome"), FormatInternal("ExitingConfirmed"),
    }.ToFrozenSet(StringComparer.Ordinal);

    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest is not null && s_exchanged.Contains(manifest)
            ? base.FromBinary(bytes, manifest)
            : throw new SerializationException("Messages of this kind are refused.");

    private static string FormatInternal(string name) => $"Akka.Cluster.InternalClusterAction+{name}, Akka.Cluster";
}
