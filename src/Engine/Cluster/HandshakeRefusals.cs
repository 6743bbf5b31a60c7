using System.Net;
using Akka.Event;
using ActorPool.Telemetry;

namespace ActorPool.Cluster;

/// <summary>Logs refused connections: one line a minute for each address, however many come.</summary>
internal sealed class HandshakeRefusals(ILoggingAdapter log, TimeProvider clock)
{
    private const int MostAddresses = 256; // beyond it all are forgotten, and may be told once more
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Logged, int More)> _told = new(StringComparer.Ordinal);

    /// <summary>A caller was refused.</summary>
    public void Add(EndPoint? from, string reason) => Add("from", from is null ? "an unknown address" : from.ToString()!, reason);

    /// <param name="direction">From or to.</param>
    /// <param name="address">Host and port of the other side.</param>
    /// <param name="reason">A sentence.</param>
    public void Add(string direction, string address, string reason)
    {
        var host = $"{direction} {HostOf(address)}";
        var more = 0;
        lock (_lock)
        {
            if (_told.TryGetValue(host, out var told))
            {
                if (clock.GetElapsedTime(told.Logged) < s_interval)
                {
                    _told[host] = told with { More = told.More + 1 };
                    return;
                }
                more = told.More;
            }
            else if (_told.Count >= MostAddresses)
            {
                _told.Clear();
            }
            _told[host] = (clock.GetTimestamp(), 0);
        }
        log.HandshakesRefused($"{direction} [{address}]", reason, more);
    }

    /// <summary>A caller has another port each time.</summary>
    private static string HostOf(string address) => address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address;
}
