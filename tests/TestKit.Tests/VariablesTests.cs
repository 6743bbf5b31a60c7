using ActorPool.TestKit.Simulation;

namespace ActorPool.TestKit.Tests;

/// <summary>The variables that choose schedules.</summary>
/// <remarks>They are those of the process: no test that runs schedules may run meanwhile.</remarks>
[Collection(nameof(VariablesTests))]
[CollectionDefinition(nameof(VariablesTests), DisableParallelization = true)]
public sealed class VariablesTests : IDisposable
{
    private const string Seed = "ACTORPOOL_SEED";
    private const string Schedules = "ACTORPOOL_SCHEDULES";

    private readonly string? _seed = Environment.GetEnvironmentVariable(Seed);
    private readonly string? _schedules = Environment.GetEnvironmentVariable(Schedules);
    private int _runs;

    public VariablesTests() => Set(seed: null, schedules: null);

    public void Dispose() => Set(_seed, _schedules);

    [Theory]
    [InlineData(Schedules, "0", "1 to 100,000,000")]
    [InlineData(Schedules, "-1", "1 to 100,000,000")]
    [InlineData(Schedules, "abc", "1 to 100,000,000")]
    [InlineData(Schedules, "1e4", "1 to 100,000,000")]
    [InlineData(Schedules, "10,000", "1 to 100,000,000")]
    [InlineData(Schedules, "10.0", "1 to 100,000,000")]
    [InlineData(Schedules, "100000001", "1 to 100,000,000")]
    [InlineData(Schedules, " ", "1 to 100,000,000")]
    [InlineData(Seed, "abc", "0 to 2,147,483,647")]
    [InlineData(Seed, "99999999999", "0 to 2,147,483,647")]
    [InlineData(Seed, "-1", "0 to 2,147,483,647")]
    [InlineData(Seed, "0x7", "0 to 2,147,483,647")]
    [InlineData(Seed, "7 8", "0 to 2,147,483,647")]
    public async Task A_wrong_one_is_refused_with_its_name_its_value_and_what_is_allowed(string name, string value, string range)
    {
        Environment.SetEnvironmentVariable(name, value);

        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Schedule.RunAllAsync(Count));

        var expected = $"The variable {name} is [{value}]; it must be a whole number in digits only, {range}, or not be set.";
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task A_wrong_one_is_refused_also_where_the_other_one_or_an_option_makes_it_needless()
    {
        Set(seed: "7", schedules: "many");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Schedule.RunAllAsync(Count));
        Set(seed: "seven", schedules: null);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Schedule.RunAllAsync(Count, new ScheduleOptions { Seed = 7 }));
        Assert.Equal(0, _runs);
    }

    [Theory]
    [InlineData(null, null, 4)]
    [InlineData("", "", 4)]
    [InlineData(null, "1", 1)]
    [InlineData(null, "0012", 12)]
    [InlineData("0", null, 1)]
    [InlineData("2147483647", "3", 1)]
    public async Task A_right_one_wins_and_an_empty_one_is_none(string? seed, string? schedules, int runs)
    {
        Set(seed, schedules);
        var seeds = new List<int>();

        await Schedule.RunAllAsync(
            schedule =>
            {
                seeds.Add(schedule.Seed);
                return Task.CompletedTask;
            },
            new ScheduleOptions { Schedules = 4 });

        Assert.Equal(runs, seeds.Count);
        if (seed is { Length: > 0 })
            Assert.Equal(seed, $"{seeds[0]}");
    }

    [Fact]
    public void The_largest_number_of_schedules_is_that_of_the_option()
    {
        Set(seed: null, schedules: $"{ScheduleOptions.MaxSchedules}");
        Assert.Equal(ScheduleOptions.MaxSchedules, NumberVariable.Read(Seeds.CountVariable, min: 1, ScheduleOptions.MaxSchedules));
    }

    private static void Set(string? seed, string? schedules)
    {
        Environment.SetEnvironmentVariable(Seed, seed);
        Environment.SetEnvironmentVariable(Schedules, schedules);
    }

    private Task Count(Schedule schedule)
    {
        _runs++;
        return Task.CompletedTask;
    }
}
