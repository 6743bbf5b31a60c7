using System.Globalization;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Writes Akka's log to standard error, one line for each event.</summary>
/// <remarks>
/// Akka creates it from its type name. Akka's remoting logs each failed attempt to reach a lost node, and each refused stranger, with the
/// stack and what the stranger sent. Of such events, one line of a kind is written in a minute, without stack and payload, and no line that
/// only repeats another.
/// </remarks>
internal sealed class StandardErrorLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private const int MaxRemotingText = 400;

    private readonly LogFilterEvaluator _filter = Context.System.Settings.LogFilter;
    private readonly RepeatedLineFilter _repeated = new(TimeProvider.System);

    /// <summary>Formats an event as one line, whatever its message or exception holds.</summary>
    public static string FormatLine(LogEvent e) => MakePrintable(e.ToString().TrimEnd().ReplaceLineEndings(" | "));

    protected override void OnReceive(object message)
    {
        if (message is LogEvent e)
            OnEvent(e);
        else if (message is InitializeLogger)
            Sender.Tell(new LoggerInitialized());
    }

    private void OnEvent(LogEvent e)
    {
        if (_filter.ShouldTryKeepMessage(e, out _) && _repeated.ShouldWrite(e, IsJoining, out var omitted))
            Console.Error.WriteLine(AkkaLines.IsOfRemoting(e) ? FormatFirstLine(e, omitted) : FormatLine(e));
    }

    private static string FormatFirstLine(LogEvent e, int omitted)
    {
        var line = e.ToString();
        var end = line.AsSpan().IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        line = MakePrintable(line.Length <= MaxRemotingText ? line : line[..MaxRemotingText] + "...");
        return omitted == 0 ? line : $"{line} {omitted} more of this kind since the last such line.";
    }

    /// <summary>Replaces control characters, so that a stranger's text cannot move a terminal's cursor.</summary>
    private static string MakePrintable(string line) =>
        line.Any(IsUnprintable) ? string.Concat(line.Select(c => IsUnprintable(c) ? '?' : c)) : line;

    private static bool IsUnprintable(char c) => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    /// <summary>Whether this is a node that no seed has admitted yet.</summary>
    private static bool IsJoining =>
        Context.System.HasExtension<Akka.Cluster.Cluster>() && Akka.Cluster.Cluster.Get(Context.System).State.Members.IsEmpty;
}
