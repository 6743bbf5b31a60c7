using System.Globalization;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorPool.Telemetry;

/// <summary>Writes Akka's log to standard error, one line an event. Akka makes it from its type name.</summary>
/// <remarks>
/// Akka's remoting says of each try to reach a node that is gone, and of each stranger who calls, that it failed, with the stack and what the stranger sent: of such events one line of a kind a
/// minute is written, without either, and none that only repeats one.
/// </remarks>
internal sealed class StandardErrorLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private const int LengthOfKind = 120; // behind it come ports and reasons that differ each time
    private const int LongestOfRemoting = 400;
    private const string RefusedCaller = "Rejected incoming connection";
    private const string NamelessCaller = "Mutual TLS required but client did not provide a certificate";

    /// <summary>How Akka's lines begin about messages that cannot be read, and ours.</summary>
    public const string RefusedMessage = "Deserialization failed for message";

    /// <summary>The source of lines about remoting.</summary>
    public const string Remoting = "remoting";

    /// <summary>The source of the lines about callers of the control plane.</summary>
    public const string ControlPlane = "control-plane";

    private readonly RepeatFilter _remoting = new(TimeProvider.System, TimeSpan.FromMinutes(1));

    public StandardErrorLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(OnEvent);
    }

    /// <summary>An exception's lines in one, so that a line of the log is an event, whatever a message holds.</summary>
    public static string LineOf(LogEvent e) => Printable(e.ToString().TrimEnd().ReplaceLineEndings(" | "));

    private void OnEvent(LogEvent e)
    {
        if (IsNews(e, out var more))
            Console.Error.WriteLine(IsOfRemoting(e) ? FirstLineOf(e, more) : LineOf(e));
    }

    private static string FirstLineOf(LogEvent e, int more)
    {
        var line = e.ToString();
        var end = line.AsSpan().IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return $"{Printable(line.Length <= LongestOfRemoting ? line : line[..LongestOfRemoting] + "...")}{(more == 0 ? "" : $" {more} more of this kind since the last such line.")}";
    }

    /// <summary>What a stranger has sent must not move the cursor of who reads it.</summary>
    private static string Printable(string line) => line.Any(IsUnprintable) ? string.Concat(line.Select(c => IsUnprintable(c) ? '?' : c)) : line;

    private static bool IsUnprintable(char c) => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private bool IsNews(LogEvent e, out int more)
    {
        more = 0;
        // Two say it of the same caller, if it was the certificate, or if there was none.
        if (TextOf(e).StartsWith(RefusedCaller, StringComparison.Ordinal) || TextOf(e).StartsWith(NamelessCaller, StringComparison.Ordinal) || e.LogSource.StartsWith(ControlPlane, StringComparison.Ordinal))
            return _remoting.IsNew($"{RefusedCaller} {HostIn(TextOf(e))}");
        if (IsJoining && IsAboutSeeds(e))
            return false;
        if (IsOfRemoting(e))
            return !IsToldElsewhere(e) && _remoting.IsNew(KindOf(e), out more);
        // The cluster counts its attempts: without the number they are of one kind.
        return !e.LogSource.Contains("/system/cluster", StringComparison.Ordinal) || _remoting.IsNew(WithoutNumbers(KindOf(e)));
    }

    /// <summary>Whether this is a node that no seed has let in yet.</summary>
    private static bool IsJoining => Context.System.HasExtension<Akka.Cluster.Cluster>() && Akka.Cluster.Cluster.Get(Context.System).State.Members.IsEmpty;

    /// <summary>Why no seed answers, lines of our own say.</summary>
    private static bool IsAboutSeeds(LogEvent e) =>
        TextOf(e).StartsWith("Tried to associate", StringComparison.Ordinal) || TextOf(e).StartsWith("Couldn't join seed nodes", StringComparison.Ordinal);

    /// <summary>That a peer has gone, its own lines say; why a handshake failed, those of our own; that a port is in use, the exception at the start.</summary>
    private static bool IsToldElsewhere(LogEvent e)
    {
        var text = TextOf(e);
        if (text.StartsWith("TLS ", StringComparison.Ordinal) || e.Cause?.GetType().Name is "NotSslRecordException")
            return true;
        return e.Cause?.GetType().Name is "EndpointDisassociatedException" || text.Contains("EndpointDisassociatedException", StringComparison.Ordinal) || text.StartsWith("Failed to bind", StringComparison.Ordinal);
    }

    private static bool IsOfRemoting(LogEvent e) =>
        e.LogSource.StartsWith(Remoting, StringComparison.Ordinal) || e.LogSource.StartsWith("Tcp", StringComparison.Ordinal) || e.LogSource.Contains("/system/endpointManager", StringComparison.Ordinal) || e.LogSource.Contains("/system/transports", StringComparison.Ordinal) || e.LogClass?.Namespace?.StartsWith("Akka.Remote", StringComparison.Ordinal) == true;

    /// <summary>The host of the first address in brackets, which is [[::ffff:127.0.0.1]:50000], [127.0.0.1:8110], or [::ffff:127.0.0.1]:50000 at the end.</summary>
    private static string HostIn(string text)
    {
        var from = text.IndexOf('[', StringComparison.Ordinal);
        if (from < 0)
            return "";
        var end = text.IndexOf(' ', from);
        var address = end < 0 ? text[from..] : text[from..end];
        return (address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address).Trim('[', ']');
    }

    private static string TextOf(LogEvent e) => e.Message?.ToString() ?? "";

    private static string WithoutNumbers(string text) => string.Concat(text.Where(c => !char.IsAsciiDigit(c)));

    private static string KindOf(LogEvent e)
    {
        // Errors are about peers that are none: each of them comes from a port of its own, with a number of its own.
        if (e is Error)
            return $"{e.LogSource.Split(' ')[0]} {e.Cause?.GetType().Name}";
        var text = TextOf(e);
        // The rest is the sender's.
        if (text.StartsWith(RefusedMessage, StringComparison.Ordinal))
            return RefusedMessage;
        return $"{e.LogClass?.Name} {(text.Length <= LengthOfKind ? text : text[..LengthOfKind])}";
    }
}
