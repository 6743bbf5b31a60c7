using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Drops log lines that say again what another one said within a minute.</summary>
/// <remarks>It concerns remoting and the cluster only: a peer that is gone, or a stranger, must not fill the log.</remarks>
internal sealed class RepeatedLineFilter(TimeProvider clock)
{
    private const int MaxKindLength = 120; // after it come ports and reasons that differ each time

    /// <summary>The source of the engine's lines about callers of the control plane.</summary>
    public const string ControlPlane = "control-plane";

    private readonly RepeatFilter _remoting = new(clock, TimeSpan.FromMinutes(1));

    /// <param name="e">The event.</param>
    /// <param name="isJoining">Whether this is a node that no seed has admitted yet.</param>
    /// <param name="omitted">If the line is written: how many of its kind were dropped since the last one.</param>
    public bool ShouldWrite(LogEvent e, bool isJoining, out int omitted)
    {
        omitted = 0;
        // Two lines report the same caller if its certificate was refused, or if it had none. The engine's has the reason, and is limited
        // where it is made. Akka's may be the first one, without a reason: a caller that refuses this side closes its connection early.
        if (e.LogSource.StartsWith(ControlPlane, StringComparison.Ordinal))
        {
            _remoting.IsNew(GetCaller(e));
            return true;
        }
        if (AkkaLines.IsAboutCaller(e))
            return _remoting.IsNew(GetCaller(e));
        if (isJoining && AkkaLines.IsAboutSeeds(e))
            return false; // the engine's lines say why no seed answers
        if (AkkaLines.IsOfRemoting(e))
            return _remoting.IsNew(GetKind(e), out omitted);
        // The cluster numbers its attempts: without the number they are of one kind.
        return !AkkaLines.IsOfCluster(e) || _remoting.IsNew(RemoveDigits(GetKind(e)));
    }

    private static string GetCaller(LogEvent e) => $"{AkkaLines.RefusedCaller} {GetHost(AkkaLines.GetText(e))}";

    /// <summary>Returns the host of the first address in brackets.</summary>
    /// <remarks>The address is [[::ffff:127.0.0.1]:50000], [127.0.0.1:8110], or [::ffff:127.0.0.1]:50000 at the end.</remarks>
    private static string GetHost(string text)
    {
        var from = text.IndexOf('[', StringComparison.Ordinal);
        if (from < 0)
            return "";
        var end = text.IndexOf(' ', from);
        var address = end < 0 ? text[from..] : text[from..end];
        return (address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address).Trim('[', ']');
    }

    private static string RemoveDigits(string text) => string.Concat(text.Where(c => !char.IsAsciiDigit(c)));

    private static string GetKind(LogEvent e)
    {
        // Errors are about strangers: each of them comes from another port, with another number.
        if (e is Error)
            return $"{e.LogSource.Split(' ')[0]} {e.Cause?.GetType().Name}";
        if (AkkaLines.IsUnreadableMessage(e))
            return AkkaLines.UnreadableMessage; // the rest is the sender's
        var text = AkkaLines.GetText(e);
        return $"{e.LogClass?.Name} {(text.Length <= MaxKindLength ? text : text[..MaxKindLength])}";
    }
}
