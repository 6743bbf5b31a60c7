using System.Runtime.InteropServices;

namespace ActorPool.Jobs;

/// <summary>A job's counts, which any thread may read.</summary>
/// <remarks>
/// Only the job's gatherer adds items; the thread that ends the job calls <see cref="Stop"/>. It is a part of its job, not a copy.
/// </remarks>
/// <param name="started">When the job started, as a timestamp of the pool's clock.</param>
/// <param name="total">Its items; null while unknown.</param>
[StructLayout(LayoutKind.Auto)]
internal struct ProgressMeter(long started, long? total)
{
    private const long Unknown = -1;

    private readonly long _started = started;
    private long _done;
    private long _failed;
    private long _retried;
    private long _total = total ?? Unknown;
    private long _ended;

    /// <summary>When the job started, as a timestamp of the pool's clock.</summary>
    public readonly long Started => _started;

    public long Done => Volatile.Read(ref _done);

    public long Failed => Volatile.Read(ref _failed);

    public long Retried => Volatile.Read(ref _retried);

    public long? Total
    {
        get => Volatile.Read(ref _total) is var total && total == Unknown ? null : total;
        set => Volatile.Write(ref _total, value ?? Unknown);
    }

    public void Add(long done, long failed, long retried)
    {
        Volatile.Write(ref _done, _done + done);
        Volatile.Write(ref _failed, _failed + failed);
        Volatile.Write(ref _retried, _retried + retried);
    }

    public void Stop(long now) => Volatile.Write(ref _ended, now);

    /// <summary>Gets the time since the job's start, or until its end.</summary>
    public TimeSpan GetElapsed(PoolState pool) => pool.Settings.TimeProvider.GetElapsedTime(_started, GetEnd(pool));

    /// <summary>Gets the job's end as a timestamp, or the time now.</summary>
    public long GetEnd(PoolState pool) =>
        Volatile.Read(ref _ended) is not 0 and var ended ? ended : pool.Settings.TimeProvider.GetTimestamp();

    public JobProgress Snapshot(PoolState pool, string name, JobState state) =>
        new(Done, Volatile.Read(ref _failed), Retried, Total, GetElapsed(pool))
        {
            Workers = pool.Counters.LiveWorkers,
            Name = name,
            State = state,
        };
}
