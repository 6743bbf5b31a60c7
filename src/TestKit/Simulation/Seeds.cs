using System.Globalization;

namespace ActorPool.TestKit.Simulation;

/// <summary>Chooses the seeds of a run.</summary>
internal static class Seeds
{
    /// <summary>The variable that says how many schedules to run.</summary>
    public const string CountVariable = "ACTORPOOL_SCHEDULES";

    /// <summary>Returns fixed seeds, against regressions, and as many new ones in each run.</summary>
    /// <param name="only">The only one; null for many. <c>ACTORPOOL_SEED</c> wins.</param>
    /// <param name="count">How many, unless <c>ACTORPOOL_SCHEDULES</c> says another number.</param>
    public static IReadOnlyList<int> Choose(int? only, int count)
    {
        if ((ReadNumber(World.SeedVariable) ?? only) is { } seed)
            return [seed];
        count = ReadNumber(CountVariable) ?? count;
        var fresh = Environment.TickCount & 0xFFFFFF;
        return [.. Enumerable.Range(1, count - (count / 2)), .. Enumerable.Range(fresh, count / 2)];
    }

    private static int? ReadNumber(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
