using Akka.Actor;

namespace ActorPool.Cluster;

/// <summary>What can cross the control plane: small, with a fixed manifest and its own reader and writer in <see cref="ControlSerializer"/>.</summary>
internal interface IWireMessage;

/// <summary>What a pool's links and the agents of nodes say to each other over Akka.Remote. Chunks, functions and results go over <see cref="Transport"/>.</summary>
/// <remarks>
/// <code>
/// link ──Enlist──► agent      the pool wants the node's workers; sent again until it is answered
/// link ◄─Enlisted─ agent      a session, and the ticket with which the link opens its data connection; or Refused, with a reason
/// link ──Renew───► agent      every lease-interval; either side gives the other up when it does not hear from it for long
/// link ◄─Renewed── agent      the answer, and unasked when members come or go, or the node begins to leave
/// link ──Resign──► agent      the pool has ended
/// </code>
/// All of them may be lost: what matters is said again with the next Renew.
/// </remarks>
internal static class ControlProtocol
{
    /// <summary>Goes up when an older peer would misunderstand; both sides refuse another one.</summary>
    public const int Version = 2;

    /// <summary>The name of each node's agent.</summary>
    public const string AgentName = "actorpool-agent";

    /// <summary>The name of the actor systems of nodes.</summary>
    public const string SystemName = "actorpool";

    /// <param name="Session">Chosen by the link, a new one each time it starts over.</param>
    /// <param name="Process">The client's process: its pools share a context of code.</param>
    /// <param name="Pool">The pool's name, for the node's log.</param>
    /// <param name="Protocol">The client's <see cref="Version"/>.</param>
    /// <param name="Engine">The client's engine, for the message when versions differ.</param>
    public sealed record Enlist(Guid Session, Guid Process, string Pool, int Protocol, string Engine) : IWireMessage;

    /// <param name="Session">The link's.</param>
    /// <param name="Workers">Chunks that the node runs at a time.</param>
    /// <param name="DataPort">Where its data plane listens, on the host of this address.</param>
    /// <param name="Secret">Proves on the data plane that the caller is the one who enlisted.</param>
    /// <param name="Members">host:port of all nodes that the agent sees in its cluster.</param>
    public sealed record Enlisted(Guid Session, int Workers, int DataPort, byte[] Secret, IReadOnlyList<string> Members) : IWireMessage;

    /// <param name="Session">The link's.</param>
    /// <param name="Reason">Why, in words for the user.</param>
    /// <param name="IsFinal">Whether asking again is of no use.</param>
    public sealed record Refused(Guid Session, string Reason, bool IsFinal) : IWireMessage;

    public sealed record Renew(Guid Session) : IWireMessage;

    /// <param name="Session">The link's.</param>
    /// <param name="IsKnown">Whether the agent still has that session; if not, the link starts over.</param>
    /// <param name="IsLeaving">Whether the node takes no more chunks.</param>
    /// <param name="Members">As in <see cref="Enlisted"/>.</param>
    /// <param name="Unreachable">Those of them that the node's cluster cannot reach at present.</param>
    public sealed record Renewed(Guid Session, bool IsKnown, bool IsLeaving, IReadOnlyList<string> Members, IReadOnlyList<string> Unreachable) : IWireMessage;

    public sealed record Resign(Guid Session) : IWireMessage;

    /// <summary>Agent to the agents of the seeds that it joined: whom do you see? A seed that has started anew does not see this one.</summary>
    public sealed record AskMembers : IWireMessage
    {
        public static readonly AskMembers Instance = new();
    }

    /// <param name="Members">As in <see cref="Enlisted"/>.</param>
    public sealed record MembersAre(IReadOnlyList<string> Members) : IWireMessage;

    /// <summary>The agent of a node, as a selection: its actor reference is not known before it answers.</summary>
    public static ActorSelection AgentAt(IActorContext context, string address)
    {
        // All of a cluster have TLS, or none has: what this side speaks, the node has to.
        var protocol = ((ExtendedActorSystem)context.System).Provider.DefaultAddress.Protocol;
        return context.ActorSelection($"{protocol}://{SystemName}@{address}/user/{AgentName}");
    }
}
