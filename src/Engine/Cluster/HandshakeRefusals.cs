using System.Net;
using Akka.Event;
using ActorPool.Telemetry;

namespace ActorPool.Cluster;

/// <summary>Logs refused connections: one line a minute at most, however many come.</summary>
internal sealed class HandshakeRefusals(ILoggingAdapter log, TimeProvider clock)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _logged;
    private int _more;

    public void Add(EndPoint? from, string reason) => Add($"from [{from?.ToString() ?? "an unknown address"}]", reason);

    /// <param name="which">From whom, or to whom.</param>
    /// <param name="reason">A sentence.</param>
    public void Add(string which, string reason)
    {
        int more;
        lock (_lock)
        {
            if (_logged != 0 && clock.GetElapsedTime(_logged) < s_interval)
            {
                _more++;
                return;
            }
            _logged = clock.GetTimestamp();
            (more, _more) = (_more, 0);
        }
        log.HandshakesRefused(which, reason, more);
    }
}
