namespace ActorPool.Client;

/// <summary>Decides when a pool gives up a node from which it receives nothing.</summary>
/// <remarks>
/// A node that is not given up keeps the leases of its chunks. Anything that it sends on either plane counts; but one plane is enough only
/// for a while, since work needs both. Only the time for which the pool itself runs counts: when the pool's process was stopped or starved,
/// what the nodes sent meanwhile still waits to be read, and none of them is to blame.
/// </remarks>
internal sealed class NodeFailureDetector(TimeSpan interval, TimeSpan timeout, TimeProvider clock)
{
    /// <summary>Lease timeouts for which a node may be silent on one plane.</summary>
    /// <remarks>It is more than one because lost packets can keep one connection waiting for long.</remarks>
    private const int SinglePlaneFactor = 3;

    /// <summary>Intervals counted at most between two checks; more is a pause of this process.</summary>
    private const double MaxInterval = 1.5;

    private long _checked = clock.GetTimestamp();
    private TimeSpan _ran;
    private TimeSpan _control;
    private TimeSpan _data;

    /// <summary>Whether other nodes cannot reach the node either.</summary>
    public bool IsSuspect { get; set; }

    private TimeSpan SinceCheck => clock.GetElapsedTime(_checked);

    private TimeSpan Now => _ran + CapPause(SinceCheck);

    /// <summary>Records a message from the node on its control plane.</summary>
    public void RecordControl() => _control = Now;

    /// <summary>Records that there is a data connection to the node.</summary>
    public void Connect() => _data = Now;

    /// <summary>Checks how long the node has been silent; must be called once per interval.</summary>
    /// <param name="dataSilence">How long nothing has come over the node's data connection; null: there is none yet.</param>
    /// <returns>Why the node is to be given up; null if it is not.</returns>
    public string? GetFailure(TimeSpan? dataSilence)
    {
        var sinceCheck = SinceCheck;
        (_ran, _checked) = (Now, clock.GetTimestamp());
        if (dataSilence <= sinceCheck)
            _data = _ran - CapPause(dataSilence.Value);
        var control = _ran - _control;
        var data = dataSilence is null ? control : _ran - _data;

        var limit = IsSuspect ? timeout / 2 : timeout;
        if (control > limit && data > limit)
        {
            var halved = IsSuspect ? ", halved since other nodes cannot reach it either" : "";
            return $"It has not answered for [{limit}] (actorpool.cluster.lease-timeout{halved}).";
        }
        if (data > SinglePlaneFactor * timeout)
        {
            return $"Its data plane has been silent for [{SinglePlaneFactor * timeout}], though its control plane answers. "
                + "Check that its data port can be reached.";
        }
        return control > SinglePlaneFactor * timeout
            ? $"Its control plane has been silent for [{SinglePlaneFactor * timeout}], though its data plane answers."
            : null;
    }

    private TimeSpan CapPause(TimeSpan passed) => passed < MaxInterval * interval ? passed : MaxInterval * interval;
}
