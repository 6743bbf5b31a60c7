using System.Collections;
using System.Runtime.InteropServices;
using ActorPool.Jobs;

namespace ActorPool.Coordination;

/// <summary>The leases of one job that are in flight, in no order.</summary>
/// <remarks>
/// A lease is in one set at most, and knows its neighbours, so that adding and removing one takes constant time and no memory. A copy of
/// the set is a view of it, not a snapshot.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal struct LeaseSet : IReadOnlyCollection<Lease>
{
    private Lease? _first;

    public int Count { get; private set; }

    public void Add(Lease lease)
    {
        lease.Next = _first;
        if (_first is not null)
            _first.Previous = lease;
        _first = lease;
        Count++;
    }

    /// <summary>Removes a lease; false if it is not here.</summary>
    public bool Remove(Lease lease)
    {
        if (lease.Previous is { } previous)
            previous.Next = lease.Next;
        else if (ReferenceEquals(_first, lease))
            _first = lease.Next;
        else
            return false;
        if (lease.Next is { } next)
            next.Previous = lease.Previous;
        (lease.Previous, lease.Next) = (null, null);
        Count--;
        return true;
    }

    public readonly IEnumerator<Lease> GetEnumerator()
    {
        for (var lease = _first; lease is not null; lease = lease.Next)
            yield return lease;
    }

    readonly IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
