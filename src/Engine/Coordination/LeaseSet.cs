using System.Collections;
using ActorPool.Jobs;

namespace ActorPool.Coordination;

/// <summary>The leases of one job that are in flight, in no order.</summary>
/// <remarks>Each lease knows its place, so that adding and removing one takes constant time and little memory.</remarks>
internal sealed class LeaseSet : IReadOnlyCollection<Lease>
{
    private readonly List<Lease> _leases = [];

    public int Count => _leases.Count;

    public void Add(Lease lease)
    {
        lease.Place = _leases.Count;
        _leases.Add(lease);
    }

    /// <summary>Removes a lease; false if it is not here.</summary>
    public bool Remove(Lease lease)
    {
        if ((uint)lease.Place >= (uint)_leases.Count || !ReferenceEquals(_leases[lease.Place], lease))
            return false;
        var last = _leases[^1];
        _leases[last.Place = lease.Place] = last;
        _leases.RemoveAt(_leases.Count - 1);
        return true;
    }

    public IEnumerator<Lease> GetEnumerator() => _leases.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
