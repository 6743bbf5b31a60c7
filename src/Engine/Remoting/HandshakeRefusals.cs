using System.Net;
using ActorPool.Diagnostics;
using Akka.Event;

namespace ActorPool.Remoting;

/// <summary>Logs refused connections: at most one line a minute for each address.</summary>
/// <remarks>
/// Thread-safe. On the control plane it replaces Akka's lines, which are one for each refused caller, with what it sent. No issue is filed;
/// see docs/akka.md. Remove that use when Akka limits such lines.
/// </remarks>
internal sealed class HandshakeRefusals(ILoggingAdapter log, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly RepeatFilter _filter = new(clock, TimeSpan.FromMinutes(1));

    /// <summary>Logs that a caller was refused.</summary>
    public void Add(EndPoint? from, string reason) => Add("from", from is null ? "an unknown address" : from.ToString()!, reason);

    /// <param name="direction">From or to.</param>
    /// <param name="address">Host and port of the other side.</param>
    /// <param name="reason">A sentence.</param>
    public void Add(string direction, string address, string reason)
    {
        int omitted;
        lock (_lock)
        {
            // A caller has a different port each time.
            if (!_filter.IsNew($"{direction} {RemovePort(address)}", out omitted))
                return;
        }
        log.HandshakesRefused($"{direction} [{address}]", reason, omitted);
    }

    private static string RemovePort(string address) => address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address;
}
