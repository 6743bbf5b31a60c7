namespace ActorPool.TestKit.Simulation;

/// <summary>Chooses the seeds of a run.</summary>
internal static class Seeds
{
    /// <summary>The variable that says how many schedules to run.</summary>
    public const string CountVariable = "ACTORPOOL_SCHEDULES";

    /// <summary>Returns fixed seeds, against regressions, and as many new ones in each run.</summary>
    /// <param name="only">The only one; null for many. <c>ACTORPOOL_SEED</c> wins.</param>
    /// <param name="count">How many, unless <c>ACTORPOOL_SCHEDULES</c> says another number.</param>
    /// <exception cref="ArgumentOutOfRangeException">A variable is wrong, also one that the other one makes needless.</exception>
    public static IReadOnlyList<int> Choose(int? only, int count)
    {
        only = NumberVariable.Read(World.SeedVariable, min: 0) ?? only;
        count = NumberVariable.Read(CountVariable, min: 1, ScheduleOptions.MaxSchedules) ?? count;
        if (only is { } seed)
            return [seed];
        var fresh = Environment.TickCount & 0xFFFFFF;
        return [.. Enumerable.Range(1, count - (count / 2)), .. Enumerable.Range(fresh, count / 2)];
    }
}
