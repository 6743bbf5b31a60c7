using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Serialization;
using ActorPool.Transport;
using Akka.Actor;

namespace ActorPool.Remoting;

/// <summary>A message of the control plane: a small record with a fixed letter in <see cref="ControlSerializer"/>.</summary>
internal interface IWireMessage : IWireRecord;

/// <summary>Messages between a pool's links and the nodes' agents, over Akka.Remote.</summary>
/// <remarks>
/// Chunks, functions and results go over <see cref="Transport"/>.
/// <code>
/// link ──Enlist──► agent      the pool wants the node's workers; sent again until it is answered
/// link ◄─Enlisted─ agent      a session, and the ticket with which the link opens its data connection; or Refused, with a reason
/// link ──Renew───► agent      every lease-interval; each side gives up the other when it has been silent for too long
/// link ◄─Renewed── agent      the answer, and unasked when members or their reachability change, the node begins to leave, or
///                             the number of its free workers changes
/// link ──Resign──► agent      the pool has ended
/// </code>
/// Each of them may be lost: what matters is repeated with the next Renew.
/// <para>
/// A link offers the highest version that it speaks. If the node refuses that, the link offers the one before, down to its lowest. So
/// <see cref="Enlist"/> and <see cref="Refused"/> have the same form in every version; the others have that of the version on which link
/// and agent have agreed.
/// </para>
/// </remarks>
internal static class ControlProtocol
{
    /// <summary>Increase it when an older peer would misunderstand.</summary>
    public const int Version = 5;

    /// <summary>The oldest version that this build still speaks.</summary>
    /// <remarks>It stays behind <see cref="Version"/> for one release, so that a cluster can be upgraded node by node.</remarks>
    public const int MinVersion = 5;

    private const int MaxTextBytes = 4 * 1024;
    private const int MaxNameChars = 1024; // at most three bytes each
    private const int MaxSecretBytes = 64;
    private const int MaxMembers = 10_000;
    private const int MaxMembersBytes = MaxMembers * 300;

    /// <summary>What this build speaks, on both planes.</summary>
    public static ProtocolVersions Supported { get; } = new(new VersionRange(MinVersion, Version), Hello.Supported);

    /// <summary>The name of each node's agent.</summary>
    public const string AgentName = "actorpool-agent";

    /// <summary>The name of the actor systems of nodes.</summary>
    public const string SystemName = "actorpool";

    /// <summary>Begins the name by which an observer enlists; no pool's name can have it.</summary>
    /// <remarks>A node of an earlier release takes it for a part of the name, which is only shown.</remarks>
    public const string ObserverMark = "observer/";

    /// <param name="Session">Chosen by the link, a new one each time it starts over.</param>
    /// <param name="Process">The client's process: its pools share a code context.</param>
    /// <param name="Pool">The pool's name, for the node's log.</param>
    /// <param name="Protocol">The version that the client offers to speak.</param>
    /// <param name="Engine">The client's engine, for the message when versions differ.</param>
    public sealed record Enlist(Guid Session, Guid Process, string Pool, int Protocol, string Engine) : IWireMessage, IWireRecord<Enlist>
    {
        public static int MaxBytes => 2 * MaxTextBytes + 64;

        /// <summary>Whether no jobs will follow.</summary>
        public bool IsObserver => Pool.StartsWith(ObserverMark, StringComparison.Ordinal);

        /// <summary>The name without the mark of an observer.</summary>
        public string Name => IsObserver ? Pool[ObserverMark.Length..] : Pool;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(5);
            writer.WriteGuid(Session);
            writer.WriteGuid(Process);
            writer.WriteString(SafeText.Cut(Pool, MaxNameChars));
            writer.WriteInt32(Protocol);
            writer.WriteString(Engine);
        }

        public static Enlist ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(5);
            return new Enlist(
                reader.ReadGuid(), reader.ReadGuid(), reader.ReadString(MaxTextBytes), reader.ReadInt32(), reader.ReadString(MaxTextBytes));
        }
    }

    /// <param name="Session">The link's.</param>
    /// <param name="Workers">Chunks that the node runs at a time at present; see <see cref="Renewed"/>.</param>
    /// <param name="DataPort">The port on which its data plane listens, on the same host.</param>
    /// <param name="SocketPath">Its Unix domain socket, for pools of the node's user on its machine; empty for none.</param>
    /// <param name="Secret">Proves on the data plane that the caller is the link that enlisted.</param>
    /// <param name="Members">All nodes that the agent sees in its cluster.</param>
    public sealed record Enlisted(
        Guid Session, int Workers, int DataPort, string SocketPath, byte[] Secret, IReadOnlyList<NodeAddress> Members)
        : IWireMessage, IWireRecord<Enlisted>
    {
        public static int MaxBytes => MaxMembersBytes + LocalSocket.MaxPathBytes + MaxSecretBytes + 64;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(6);
            writer.WriteGuid(Session);
            writer.WriteInt32(Workers);
            writer.WriteInt32(DataPort);
            writer.WriteString(SocketPath);
            writer.WriteBytes(Secret);
            WriteMembers(writer, Members);
        }

        public static Enlisted ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(6);
            return new Enlisted(
                reader.ReadGuid(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadString(LocalSocket.MaxPathBytes),
                reader.ReadBytesUpTo(MaxSecretBytes).ToArray(), ReadMembers(reader));
        }
    }

    /// <param name="Session">The link's.</param>
    /// <param name="Reason">Why: a phrase for the user, without a full stop.</param>
    /// <param name="IsFinal">Whether it is useless to ask again.</param>
    public sealed record Refused(Guid Session, string Reason, bool IsFinal) : IWireMessage, IWireRecord<Refused>
    {
        public static int MaxBytes => MaxTextBytes + 64;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(3);
            writer.WriteGuid(Session);
            writer.WriteString(SafeText.Cut(Reason, MaxNameChars));
            writer.WriteBoolean(IsFinal);
        }

        public static Refused ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(3);
            return new Refused(reader.ReadGuid(), reader.ReadString(MaxTextBytes), reader.ReadBoolean());
        }
    }

    public sealed record Renew(Guid Session) : IWireMessage, IWireRecord<Renew>
    {
        public static int MaxBytes => 32;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(1);
            writer.WriteGuid(Session);
        }

        public static Renew ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(1);
            return new Renew(reader.ReadGuid());
        }
    }

    /// <param name="Session">The link's.</param>
    /// <param name="IsKnown">Whether the agent still has that session; if not, the link starts over.</param>
    /// <param name="IsLeaving">Whether the node takes no more chunks.</param>
    /// <param name="Workers">
    /// Chunks that the node runs at a time: fewer than it has workers while it finishes what it started before it rejoined.
    /// </param>
    /// <param name="Members">As in <see cref="Enlisted"/>.</param>
    /// <param name="Unreachable">Those of them that the node's cluster cannot reach at present.</param>
    public sealed record Renewed(
        Guid Session, bool IsKnown, bool IsLeaving, int Workers, IReadOnlyList<NodeAddress> Members, IReadOnlyList<NodeAddress> Unreachable)
        : IWireMessage, IWireRecord<Renewed>
    {
        public static int MaxBytes => 2 * MaxMembersBytes + 64;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(6);
            writer.WriteGuid(Session);
            writer.WriteBoolean(IsKnown);
            writer.WriteBoolean(IsLeaving);
            writer.WriteInt32(Workers);
            WriteMembers(writer, Members);
            WriteMembers(writer, Unreachable);
        }

        public static Renewed ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(6);
            return new Renewed(
                reader.ReadGuid(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadInt32(),
                ReadMembers(reader), ReadMembers(reader));
        }
    }

    public sealed record Resign(Guid Session) : IWireMessage, IWireRecord<Resign>
    {
        public static int MaxBytes => 32;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(1);
            writer.WriteGuid(Session);
        }

        public static Resign ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(1);
            return new Resign(reader.ReadGuid());
        }
    }

    /// <summary>Node to the agent of another node: which members do you see?</summary>
    /// <remarks>
    /// A node asks its seeds: a seed that has restarted does not see it. A seed asks a member that looks unreachable, before it removes it.
    /// </remarks>
    public sealed record GetMembers : IWireMessage, IWireRecord<GetMembers>
    {
        public static readonly GetMembers Instance = new();

        public static int MaxBytes => 16;

        public void WriteFields(RecordWriter writer) => writer.WriteRecordHeader(0);

        public static GetMembers ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(0);
            return Instance;
        }
    }

    /// <param name="Members">As in <see cref="Enlisted"/>.</param>
    public sealed record MemberList(IReadOnlyList<NodeAddress> Members) : IWireMessage, IWireRecord<MemberList>
    {
        public static int MaxBytes => MaxMembersBytes + 16;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(1);
            WriteMembers(writer, Members);
        }

        public static MemberList ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(1);
            return new MemberList(ReadMembers(reader));
        }
    }

    /// <summary>Selects the agent of a node.</summary>
    /// <remarks>Its actor reference is not known before it answers.</remarks>
    public static ActorSelection SelectAgent(IActorContext context, NodeAddress address)
    {
        // In a cluster all processes use TLS, or none does: the node must use the same protocol as this process.
        var protocol = ((ExtendedActorSystem)context.System).Provider.DefaultAddress.Protocol;
        return context.ActorSelection(new RootActorPath(address.ToAkka(new Address(protocol, SystemName))) / "user" / AgentName);
    }

    private static void WriteMembers(RecordWriter writer, IReadOnlyList<NodeAddress> members)
    {
        writer.WriteCount(members.Count);
        foreach (var member in members)
            writer.WriteString(member.ToString());
    }

    private static NodeAddress[] ReadMembers(RecordReader reader)
    {
        var members = new NodeAddress[reader.ReadCount(MaxMembers)];
        for (var i = 0; i < members.Length; i++)
        {
            var text = reader.ReadString(MaxTextBytes);
            members[i] = NodeAddress.TryParse(text, out var address)
                ? address
                : throw new InvalidDataException($"A member is [{text}], which is not an address.");
        }
        return members;
    }
}
