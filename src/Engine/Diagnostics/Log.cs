using System.Globalization;
using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Everything that the engine logs.</summary>
/// <remarks>
/// Inputs, results and captured values never appear. What the user's exceptions say of them appears only at DEBUG, except what a source
/// throws when it is disposed of (<see cref="InputDisposalFailed"/>). <see cref="LogKinds"/> has the number of each line, and each category
/// has a file of its own.
/// </remarks>
internal static partial class Log
{
    private const int MaxChanges = 10;

    private static void Write(this ILoggingAdapter log, LogLevel level, LogKind kind, string template, params object?[] values)
    {
        if (log.IsEnabled(level))
            log.Log(level, null, new EngineMessage(log.Formatter, kind, template, values));
    }

    private static string Round(double number) => number.ToString("0", CultureInfo.InvariantCulture);

    private static string FormatTime(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static string FormatOmitted(long omitted) => omitted == 0 ? "" : $" {omitted} lines about other jobs were left out before.";

    private static string GetTypeName(Exception error) => error is RemoteException remote ? remote.TypeName : error.GetType().ToString();
}
