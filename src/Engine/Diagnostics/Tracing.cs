using System.Diagnostics;

namespace ActorPool.Diagnostics;

/// <summary>The source of spans <c>ActorPool</c>; docs/telemetry.md has their names and tags.</summary>
/// <remarks>
/// Spans have names and numbers, never inputs, results or messages of exceptions. Without a listener nothing is made, and a look whether
/// there is one is made for each job and each chunk.
/// </remarks>
internal static class Tracing
{
    public const string JobSpan = "actorpool.job";
    public const string ChunkSpan = "actorpool.chunk";
    public const string ItemSpan = "actorpool.item";

    public static readonly ActivitySource Source = new(Instruments.Name, Instruments.Version);

    /// <summary>Starts a span and makes it the current one.</summary>
    /// <returns>Null if no listener wants it.</returns>
    public static Activity? Start(string name, ActivityKind kind, ActivityContext parent) => Source.StartActivity(name, kind, parent);

    /// <summary>Starts a span that ends elsewhere; the current one stays what it is.</summary>
    /// <inheritdoc cref="Start"/>
    public static Activity? StartDetached(string name, ActivityKind kind, ActivityContext parent)
    {
        var current = Activity.Current;
        var span = Source.StartActivity(name, kind, parent);
        if (span is not null)
            Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span that was started elsewhere; the current one stays what it is.</summary>
    public static void StopDetached(Activity span)
    {
        var current = Activity.Current;
        span.Stop(); // which makes current what was current where it was started
        Activity.Current = current;
    }

    /// <summary>Records a failure; what it says is the program's, and does not appear.</summary>
    public static void SetError(this Activity span, Exception error) => span.SetError(GetErrorType(error));

    public static void SetError(this Activity span, string type)
    {
        span.SetStatus(ActivityStatusCode.Error);
        span.SetTag(Tags.ErrorType, type);
    }

    private static string GetErrorType(Exception error) => error switch
    {
        WorkItemException { InnerException: { } inner } => GetErrorType(inner),
        RemoteException remote => remote.TypeName,
        _ => error.GetType().FullName ?? error.GetType().Name,
    };
}
