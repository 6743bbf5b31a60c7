namespace ActorPool.Jobs;

/// <summary>How many workers a pool has, since when, and the time that workers had before.</summary>
/// <remarks>
/// Another one takes its place when their number changes. So a job keeps that of its start, and knows at its end what time the workers had
/// in between, however often they came and went.
/// </remarks>
/// <param name="Clock">The pool's clock.</param>
/// <param name="Workers">The workers.</param>
/// <param name="Since">Since when, as a timestamp.</param>
/// <param name="Before">The time that workers had until then, summed over them.</param>
internal sealed record WorkerTime(TimeProvider Clock, int Workers, long Since, TimeSpan Before)
{
    /// <summary>The time that workers have had until a moment, summed over them.</summary>
    public TimeSpan Until(long timestamp) => Before + (Workers * Clock.GetElapsedTime(Since, timestamp));

    /// <summary>What follows when their number changes.</summary>
    public WorkerTime Change(int workers)
    {
        var now = Clock.GetTimestamp();
        return new WorkerTime(Clock, workers, now, Until(now));
    }
}
