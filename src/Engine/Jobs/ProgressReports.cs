using ActorPool.Chunking;

namespace ActorPool.Jobs;

/// <summary>Gives a job's progress to the caller's handler, one report at a time.</summary>
/// <remarks>
/// The gatherer reports while the job runs. A job that ends without its gatherer, because its pool ends, reports that from another thread.
/// So a report that comes while the handler runs waits for it: at most one, the latest. No report follows one that threw.
/// </remarks>
internal sealed class ProgressReports(IProgress<JobProgress> handler)
{
    private readonly CallerContext _caller = CallerContext.Capture();
    private readonly Lock _lock = new();
    private JobProgress? _next; // for the thread that runs the handler
    private JobState _reported;
    private bool _isReporting;
    private bool _hasThrown;

    /// <summary>Runs the handler in the caller's context, unless another thread does.</summary>
    /// <remarks>That thread then makes this report too. What says that the job runs is dropped after a report of its end.</remarks>
    public void Report(JobProgress progress)
    {
        if (!TryBegin(progress))
            return;
        try
        {
            for (var current = progress; current is not null; current = TakeNext())
            {
                var report = current;
                _caller.Run(() => handler.Report(report));
            }
        }
        catch
        {
            MarkThrown();
            throw;
        }
    }

    /// <summary>Reports on a thread of .NET how the job has ended, unless that is known.</summary>
    /// <remarks>What the handler throws then is lost: the job has its outcome.</remarks>
    public void ReportEnd(JobProgress progress)
    {
        lock (_lock)
        {
            if (_hasThrown || _reported == progress.State)
                return;
        }
        _ = Task.Run(() => Report(progress));
    }

    private bool TryBegin(JobProgress progress)
    {
        lock (_lock)
        {
            if (_hasThrown || (_reported != JobState.Running && progress.State == JobState.Running))
                return false;
            _reported = progress.State;
            if (_isReporting)
            {
                _next = progress;
                return false;
            }
            _isReporting = true;
            return true;
        }
    }

    private JobProgress? TakeNext()
    {
        lock (_lock)
        {
            var next = _next;
            _next = null;
            _isReporting = next is not null;
            return next;
        }
    }

    private void MarkThrown()
    {
        lock (_lock)
        {
            _hasThrown = true;
            _isReporting = false;
            _next = null;
        }
    }
}
