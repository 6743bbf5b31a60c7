using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster.Serialization;

namespace ActorPool.Cluster;

/// <summary>Akka's own serializer of the cluster's messages, for those alone that members exchange: commands to remove a member come from its own process.</summary>
internal sealed class MembershipSerializer(ExtendedActorSystem system) : ClusterMessageSerializer(system)
{
    private static readonly FrozenSet<string> s_exchanged = new[]
    {
        "HB", "HBR", "Akka.Cluster.GossipStatus, Akka.Cluster", "Akka.Cluster.GossipEnvelope, Akka.Cluster",
        Internal("InitJoin"), Internal("InitJoinAck"), Internal("InitJoinNack"), Internal("Join"), Internal("Welcome"), Internal("ExitingConfirmed"),
    }.ToFrozenSet(StringComparer.Ordinal);

    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest is not null && s_exchanged.Contains(manifest) ? base.FromBinary(bytes, manifest) : throw new SerializationException("Messages of this kind are refused.");

    private static string Internal(string name) => $"Akka.Cluster.InternalClusterAction+{name}, Akka.Cluster";
}
