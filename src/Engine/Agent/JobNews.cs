using ActorPool.Diagnostics;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Logs which jobs run, end and fail on a node, at a bounded rate.</summary>
/// <remarks>
/// A client may have thousands of jobs in a second. What is left out is counted in the next line. A job whose start was logged has its end
/// logged, too.
/// </remarks>
internal sealed class JobNews(ILoggingAdapter log, TimeProvider clock)
{
    private const int Burst = 20;
    private const double PerSecond = 0.1;

    private readonly LineLimiter _starts = new(clock, Burst, PerSecond);
    private readonly LineLimiter _failures = new(clock, Burst, PerSecond);

    /// <returns>Whether it was logged.</returns>
    public bool TellStart(string job, long id, Func<string> formatFunction, string clientPool)
    {
        if (!log.IsInfoEnabled || !_starts.TryPass(out var omitted))
            return false;
        log.JobRuns(job, id, formatFunction(), clientPool, omitted);
        return true;
    }

    public void TellEnd(string job, long id, string clientPool, long chunks, long items, long failed) =>
        log.JobRan(job, id, clientPool, chunks, items, failed);

    public void TellFailure(string job, long id, string clientPool, long? item, string error)
    {
        if (_failures.TryPass(out var omitted))
            log.JobFailedHere(job, id, clientPool, item, error, omitted);
    }
}
