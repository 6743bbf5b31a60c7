namespace ActorPool.Cluster;

/// <summary>How long a pool believes in a node that it does not hear.</summary>
/// <remarks>
/// The lease is renewed by whatever the node says on either plane; but what one plane alone says is believed for a while only, since work needs both.
/// It goes by the time for which the pool itself runs: when its process was stopped or starved, what the nodes have said in the meantime is still waiting to be read, and none of them is to blame.
/// </remarks>
internal sealed class NodeLease(TimeSpan interval, TimeSpan timeout, TimeProvider clock)
{
    /// <summary>Lease timeouts for which a node may be silent on one of its planes: lost packets can keep one connection waiting for long.</summary>
    private const int OnePlaneAlone = 3;

    /// <summary>Intervals between two checks of which more than these is a pause of the pool's own.</summary>
    private const double LongestInterval = 1.5;

    private long _checked = clock.GetTimestamp();
    private TimeSpan _ran;
    private TimeSpan _control;
    private TimeSpan _data;

    /// <summary>Whether other nodes cannot reach it either.</summary>
    public bool IsSuspect { get; set; }

    private TimeSpan SinceCheck => clock.GetElapsedTime(_checked);

    private TimeSpan Now => _ran + Counted(SinceCheck);

    /// <summary>The node has said something on its control plane.</summary>
    public void Hear() => _control = Now;

    /// <summary>There is a data connection to it.</summary>
    public void Connect() => _data = Now;

    /// <summary>To be asked once in an interval.</summary>
    /// <param name="dataSilence">For how long its data connection has brought nothing; null: there is none yet.</param>
    /// <returns>Why the node is to be given up; null if it is not.</returns>
    public string? WhyExpired(TimeSpan? dataSilence)
    {
        var sinceCheck = SinceCheck;
        (_ran, _checked) = (Now, clock.GetTimestamp());
        if (dataSilence <= sinceCheck)
            _data = _ran - Counted(dataSilence.Value);
        var control = _ran - _control;
        var data = dataSilence is null ? control : _ran - _data;

        var limit = IsSuspect ? timeout / 2 : timeout;
        if (control > limit && data > limit)
            return $"It has not answered for [{limit}] (actorpool.cluster.lease-timeout{(IsSuspect ? ", halved since other nodes cannot reach it either" : "")}).";
        if (data > OnePlaneAlone * timeout)
            return $"Its data plane has been silent for [{OnePlaneAlone * timeout}], though its control plane answers: is its data port cut off?";
        return control > OnePlaneAlone * timeout
            ? $"Its control plane has been silent for [{OnePlaneAlone * timeout}], though its data plane answers."
            : null;
    }

    private TimeSpan Counted(TimeSpan passed) => passed < LongestInterval * interval ? passed : LongestInterval * interval;
}
