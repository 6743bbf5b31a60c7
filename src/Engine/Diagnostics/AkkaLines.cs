using System.Collections.Concurrent;
using Akka.Event;
using Akka.Remote;
using DotNetty.Handlers.Tls;

namespace ActorPool.Diagnostics;

/// <summary>What Akka.Remote and Akka.Cluster log: the only place that knows their texts.</summary>
/// <remarks>
/// Akka's events about refused callers, lost peers and seeds have no types (none filed). AkkaLinesTests makes Akka print each line: an
/// update that changes one fails there.
/// </remarks>
internal static class AkkaLines
{
    /// <summary>A line of the transport about a caller whose TLS handshake failed.</summary>
    public const string RefusedCaller = "Rejected incoming connection";

    /// <summary>A line of the transport about a caller without a certificate.</summary>
    public const string NamelessCaller = "Mutual TLS required but client did not provide a certificate";

    /// <summary>A line about a message that no serializer reads; the rest is the sender's.</summary>
    public const string UnreadableMessage = "Deserialization failed for message";

    /// <summary>A line about a node that cannot be reached.</summary>
    public const string UnreachableNode = "Tried to associate with unreachable remote address";

    /// <summary>A line of a node that no seed has admitted.</summary>
    public const string SilentSeeds = "Couldn't join seed nodes";

    /// <summary>A line of the transport about a port that is in use.</summary>
    public const string PortInUse = "Failed to bind";

    /// <summary>A line of a system that ends abruptly, as one that could not listen.</summary>
    public const string AbruptEnd = "Remoting system has been terminated abruptly";

    /// <summary>Lines of the transport about a handshake that failed.</summary>
    public const string FailedHandshake = "TLS ";

    /// <summary>The source of lines about remoting, Akka's and the engine's.</summary>
    public const string Remoting = "remoting";

    private const int MaxRenamed = 256; // then all are forgotten, and each may cost one more line
    private static readonly ConcurrentDictionary<string, byte> s_renamed = new(StringComparer.Ordinal);
    private const string LostPeer = "EndpointDisassociatedException"; // not public
    private const string Cluster = "/system/cluster";
    private static readonly string[] s_remoting = [Remoting, "Tcp"];
    private static readonly string[] s_remotingActors = ["/system/endpointManager", "/system/transports"];

    /// <summary>Drops lines that repeat what the engine reports.</summary>
    public static LogFilterSetup Filter { get; } = new LogFilterBuilder().Add(new RedundantLineFilter()).Build();

    public static bool IsOfRemoting(LogEvent e) =>
        Array.Exists(s_remoting, source => e.LogSource.StartsWith(source, StringComparison.Ordinal))
        || Array.Exists(s_remotingActors, source => e.LogSource.Contains(source, StringComparison.Ordinal))
        || e.LogClass?.Namespace?.StartsWith(typeof(RemoteActorRef).Namespace!, StringComparison.Ordinal) == true;

    /// <summary>Whether a line repeats what the engine reports.</summary>
    /// <remarks>The engine's lines and exceptions say that a peer was lost, why a handshake failed, and that a port is in use.</remarks>
    public static bool IsRedundant(LogEvent e) => IsOfRemoting(e) && !IsAboutCaller(e)
        && (IsAboutLostPeer(e) || IsAboutHandshake(e) || IsAboutRenamed(e) || StartsWith(e, PortInUse) || StartsWith(e, AbruptEnd));

    public static bool IsOfCluster(LogEvent e) => e.LogSource.Contains(Cluster, StringComparison.Ordinal);

    public static bool IsAboutCaller(LogEvent e) => StartsWith(e, RefusedCaller) || StartsWith(e, NamelessCaller);

    public static bool IsAboutSeeds(LogEvent e) => StartsWith(e, UnreachableNode) || StartsWith(e, SilentSeeds);

    public static bool IsUnreadableMessage(LogEvent e) => StartsWith(e, UnreadableMessage);

    public static string GetText(LogEvent e) => e.Message?.ToString() ?? "";

    /// <summary>Drops lines about a called address that is not the process's own.</summary>
    /// <remarks>The engine reports that.</remarks>
    public static void DropAbout(string address)
    {
        if (s_renamed.Count >= MaxRenamed)
            s_renamed.Clear();
        s_renamed.TryAdd($"@{address}]", 0);
    }

    private static bool StartsWith(LogEvent e, string text) => GetText(e).StartsWith(text, StringComparison.Ordinal);

    private static bool IsAboutLostPeer(LogEvent e) =>
        e.Cause?.GetType().Name is LostPeer || GetText(e).Contains(LostPeer, StringComparison.Ordinal);

    private static bool IsAboutRenamed(LogEvent e) =>
        StartsWith(e, UnreachableNode) && s_renamed.Keys.Any(address => GetText(e).Contains(address, StringComparison.Ordinal));

    private static bool IsAboutHandshake(LogEvent e) => e.Cause is NotSslRecordException || StartsWith(e, FailedHandshake);

    private sealed class RedundantLineFilter : LogFilterBase
    {
        public override LogFilterType FilterType => LogFilterType.Content;

        public override LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null) =>
            IsRedundant(content) ? LogFilterDecision.Drop : LogFilterDecision.Keep;
    }
}
