using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Benchmarks.Scale;

/// <summary>Takes a node's chunks on the coordinator's thread, and keeps them.</summary>
/// <remarks>So only the coordinator's work is measured: a link's is done on other threads.</remarks>
#pragma warning disable MA0097 // no one compares stand-ins: Akka's base class brings the interface
internal sealed class StandInLink(ExtendedActorSystem system, int node, StandInLink.Shared chunks) : MinimalActorRef
#pragma warning restore MA0097
{
    public override ActorPath Path { get; } = system.Guardian.Path / $"stand-in-{node}";

    public override IActorRefProvider Provider => system.Provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is Lease lease)
            chunks.Add(lease, node);
    }

    /// <summary>The chunks of all nodes.</summary>
    public sealed class Shared
    {
        private readonly Lock _gate = new();
        private readonly List<(Lease Lease, int Node)> _held = [];
        private int _count;

        /// <summary>Chunks that were handed out so far.</summary>
        public int Count => Volatile.Read(ref _count);

        public void Add(Lease lease, int node)
        {
            lock (_gate)
                _held.Add((lease, node));
            Volatile.Write(ref _count, _count + 1);
        }

        /// <summary>Takes chunks of any nodes, and reports them as run.</summary>
        public Lease[] TakeEnded(int count, Random random)
        {
            var ended = new Lease[count];
            lock (_gate)
            {
                for (var i = 0; i < count; i++)
                {
                    var at = random.Next(_held.Count);
                    var (lease, node) = _held[at];
                    _held[at] = _held[^1];
                    _held.RemoveAt(_held.Count - 1);
                    if (!lease.TryClaim(node, "stand-in") || !lease.TryReport())
                        throw new InvalidOperationException("A chunk was revoked.");
                    (lease.Elapsed, lease.Bytes) = (TimeSpan.FromMilliseconds(20), 64);
                    ended[i] = lease;
                }
            }
            return ended;
        }
    }
}
