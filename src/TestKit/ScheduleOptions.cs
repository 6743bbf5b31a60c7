namespace ActorPool.TestKit;

/// <summary>How <see cref="Schedule.RunAllAsync"/> runs a scenario.</summary>
public sealed record ScheduleOptions
{
    /// <summary>The largest number of schedules.</summary>
    internal const int MaxSchedules = 100_000_000;

    private const int MaxMaxLosses = int.MaxValue - 1; // one more than it is drawn from

    private static readonly TimeSpan s_maxTime = TimeSpan.FromDays(365_000); // the clock must be able to show it

    internal static readonly ScheduleOptions Default = new();

    /// <summary>How many schedules run, each with a seed of its own.</summary>
    /// <value>
    /// 1 to 100,000,000; default 100. The first half has the same seeds in each run, the other new ones. The variable
    /// <c>ACTORPOOL_SCHEDULES</c> wins; what is no such number is refused.
    /// </value>
    public int Schedules { get; init; } = 100;

    /// <summary>The only seed to run.</summary>
    /// <value>
    /// 0 or more; default <see langword="null"/>: <see cref="Schedules"/> of them. <c>ACTORPOOL_SEED</c> wins.
    /// </value>
    public int? Seed { get; init; }

    /// <summary>The most workers that a schedule loses in the middle of their work.</summary>
    /// <value>
    /// 0 to 2,147,483,646; default 2, fewer than <c>actorpool.worker-losses</c>, so that no item is given up. The items of a lost worker
    /// run again: a function may run twice for one item, as on a cluster.
    /// </value>
    public int MaxLosses { get; init; } = 2;

    /// <summary>The longest time that a chunk takes on its way, or waits in its worker.</summary>
    /// <value>More than 0, at most 365,000 days of virtual time; default 1 s. Most take a twentieth of it or less.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest virtual time of a schedule.</summary>
    /// <value>More than 0, at most 365,000 days; default 10 minutes. A scenario that has not ended then has failed.</value>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest real time of a schedule.</summary>
    /// <value>More than 0; default 30 s. It ends a scenario that blocks its thread.</value>
    public TimeSpan RealTimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The settings of the pools.</summary>
    /// <value>
    /// Without a name, a clock and worker processes. Default: no settings; <see cref="WorkerPoolOptions.Workers"/> that are left out are 1
    /// to 4, as the seed says.
    /// </value>
    public WorkerPoolOptions Pool { get; init; } = new();

    internal void Validate()
    {
        Check(Schedules is >= 1 and <= MaxSchedules, nameof(Schedules), Schedules, "1 to 100,000,000");
        Check(Seed is null or >= 0, nameof(Seed), Seed, "0 or more, or null for many");
        Check(MaxLosses is >= 0 and <= MaxMaxLosses, nameof(MaxLosses), MaxLosses, "0 to 2,147,483,646");
        CheckTime(nameof(MaxDelay), MaxDelay);
        CheckTime(nameof(Limit), Limit);
        Check(RealTimeLimit > TimeSpan.Zero, nameof(RealTimeLimit), RealTimeLimit, "more than zero");
        Check(Pool is not null, nameof(Pool), Pool, "settings; leave it out for defaults");
        Check(ReferenceEquals(Pool!.TimeProvider, TimeProvider.System), "Pool.TimeProvider", Pool.TimeProvider, "left out: it is virtual");
        Check(Pool.Name is null, "Pool.Name", Pool.Name, "left out: each schedule has its own");
        Check(Pool.Isolation is not WorkerIsolation.Process, "Pool.Isolation", Pool.Isolation, "None: processes have no virtual time");
    }

    private static void CheckTime(string member, TimeSpan value) =>
        Check(value > TimeSpan.Zero && value <= s_maxTime, member, value, "more than zero, at most 365,000 days");

    private static void Check<T>(bool holds, string member, T value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(
                $"options.{member}", value, $"ScheduleOptions.{member} is [{value}]; it must be {expected}.");
        }
    }
}
