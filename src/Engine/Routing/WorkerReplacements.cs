namespace ActorPool.Routing;

/// <summary>Counts workers: how many are missing, and whether their router must be replaced.</summary>
/// <remarks>It knows no actor. Only the supervisor uses it.</remarks>
/// <param name="target">Workers that there should be; 1 or more.</param>
internal sealed class WorkerReplacements(int target)
{
    private int _target = target;
    private bool _routerHasStuckChild;

    /// <summary>Workers that are ready and were neither lost, retired nor abandoned.</summary>
    public int Live { get; private set; }

    /// <summary>Workers that the router was asked for and that are not ready yet.</summary>
    public int Starting { get; private set; }

    /// <summary>Whether no worker is replaced any longer.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>Workers to start now; 0 or more.</summary>
    public int Missing => HasStopped ? 0 : Math.Max(0, _target - Live - Starting);

    /// <summary>Whether the router has lost its last worker but cannot stop.</summary>
    /// <remarks>An abandoned worker is its child until the worker's function returns.</remarks>
    public bool IsRouterStuck => _routerHasStuckChild && Live == 0 && !HasStopped;

    /// <summary>Sets how many workers there should be; more or fewer than there are.</summary>
    public void SetTarget(int workers) => _target = workers;

    /// <summary>Ends the replacement of workers: others would fail in the same way.</summary>
    public void Stop() => HasStopped = true;

    /// <summary>Records that a new router starts.</summary>
    /// <remarks>The workers that the old router was starting are lost with it.</remarks>
    /// <returns>Workers that it starts with; 1 or more, since a router without workers stops at once.</returns>
    public int StartRouter()
    {
        _routerHasStuckChild = false;
        Starting = 0;
        Starting = Math.Max(1, Missing);
        return Starting;
    }

    /// <summary>Records that the router was asked for more workers.</summary>
    public void Expect(int workers) => Starting += workers;

    /// <summary>Records that a worker is ready.</summary>
    public void Enter()
    {
        FailToEnter();
        Live++;
    }

    /// <summary>Records that a worker was stopped, or failed, before it was ready.</summary>
    public void FailToEnter() => Starting = Math.Max(0, Starting - 1);

    /// <summary>Records that a worker that was ready was lost or is retired.</summary>
    public void Leave() => Live--;

    /// <summary>Records that a worker is abandoned, since its function does not return.</summary>
    /// <remarks>Its router cannot stop before the function returns.</remarks>
    public void Abandon()
    {
        Live--;
        _routerHasStuckChild = true;
    }
}
