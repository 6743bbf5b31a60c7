using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

// Connections and messages that are refused, and certificates: category ActorPool.Security.
internal static partial class Log
{
    public static void HandshakesRefused(this ILoggingAdapter log, string connection, string reason, int omitted) => log.Write(
        WarningLevel, LogKinds.HandshakesRefused,
        "A connection {Connection} was refused: {Reason}{Omitted}",
        connection, reason, omitted == 0 ? "" : $" {omitted} more such since the last line.");

    public static void MessageRefused(this ILoggingAdapter log, int serializer) => log.Write(
        WarningLevel, LogKinds.MessageRefused,
        AkkaLines.UnreadableMessage + " with serializer id [{Serializer}]. Messages of this kind are refused.", serializer);

    public static void CertificateRenewed(this ILoggingAdapter log, string directory, DateTimeOffset until) => log.Write(
        InfoLevel, LogKinds.CertificateRenewed,
        "The certificate in [{Directory}] was renewed; it is valid until [{Until}].", directory, FormatTime(until));

    public static void CertificateNotRenewed(this ILoggingAdapter log, string reason, DateTimeOffset until) => log.Write(
        WarningLevel, LogKinds.CertificateNotRenewed,
        "The certificate was replaced, and the new one cannot be used. {Reason} The last one serves until [{Until}].",
        reason, FormatTime(until));

    public static void CertificateEnds(this ILoggingAdapter log, string directory, DateTimeOffset until, bool hasEnded) => log.Write(
        hasEnded ? ErrorLevel : WarningLevel, LogKinds.CertificateEnds,
        "The certificate in [{Directory}] {State} on [{Until}]{Effect}. Put a new one there; it is read without a restart.",
        directory, hasEnded ? "expired" : "expires", FormatTime(until), hasEnded ? ": others refuse it" : "");
}
