using Microsoft.Extensions.Logging;

namespace ActorPool.Hosting.Logging;

/// <summary>What the hosting itself logs; the engine's lines have lower numbers.</summary>
internal static partial class HostingLog
{
    public const string Category = "ActorPool.Hosting";

    [LoggerMessage(801, LogLevel.Information, "The node [{Node}] is in its cluster and lends [{Workers}] workers.")]
    public static partial void NodeStarted(this ILogger log, string node, int workers);

    [LoggerMessage(802, LogLevel.Error, "The node cannot start: {Reason} The next attempt is in [{Interval}].")]
    public static partial void NodeStartFailed(this ILogger log, string reason, TimeSpan interval);

    [LoggerMessage(803, LogLevel.Warning, "{Reason} Another node is started in its place.")]
    public static partial void NodeOutside(this ILogger log, string reason);

    [LoggerMessage(
        804, LogLevel.Warning,
        "[{Jobs}] jobs of the pool [{Pool}] do not end within the shutdown timeout of [{Timeout}], and are ended. "
        + "Set HostOptions.ShutdownTimeout to more than the longest job takes.")]
    public static partial void JobsCutShort(this ILogger log, int jobs, string pool, TimeSpan timeout);
}
