using System.Diagnostics;
using ActorPool.Diagnostics;

namespace ActorPool.Jobs;

/// <summary>The trace to which a job belongs.</summary>
/// <param name="span">The job's span; null if no one wants it, or the job's caller is in another process.</param>
/// <param name="context">What the spans of its chunks are children of.</param>
internal sealed class JobTrace(Activity? span, ActivityContext context)
{
    public ActivityContext Context => context;

    /// <summary>Starts the span of a job in the context of its caller.</summary>
    /// <returns>Null if the caller is in no trace, and no one listens.</returns>
    public static JobTrace? Start(JobExecution job)
    {
        var caller = Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Context : default;
        var span = Tracing.Source.HasListeners() ? StartSpan(job, caller) : null;
        if (span is not null)
            return new JobTrace(span, span.Context);
        return caller == default ? null : new JobTrace(span: null, caller);
    }

    /// <summary>Ends the job's span.</summary>
    /// <param name="error">Why the job failed; null if it succeeded.</param>
    public void End(Exception? error)
    {
        if (span is null)
            return;
        if (error is not null)
            span.SetError(error);
        Tracing.StopDetached(span);
    }

    private static Activity? StartSpan(JobExecution job, ActivityContext caller)
    {
        var span = Tracing.StartDetached(Tracing.JobSpan, ActivityKind.Internal, caller);
        if (span is not { IsAllDataRequested: true })
            return span;
        span.SetTag(Tags.JobName, job.Name);
        span.SetTag(Tags.Function, job.FunctionName);
        span.SetTag(Tags.PoolName, job.Pool.Identity.Pool);
        if (job.Input.Count is { } items)
            span.SetTag(Tags.JobItems, items);
        return span;
    }
}
