using System.Globalization;
using Akka.TestKit;
using ActorPool.Hosting;
using ActorPool.Tests.Scenarios;
using Xunit.Abstractions;

namespace ActorPool.Tests.Simulation;

/// <summary>Thousands of random courses of events in virtual time: the engine's coordinator, gatherers and books, and simulated nodes and connections that delay, lose, die, freeze, leave and join.</summary>
/// <remarks>
/// A failing one names its seed: <c>ACTORPOOL_SEED=123 dotnet test tests/Engine.Tests --filter Simulation</c> runs that one alone. <c>ACTORPOOL_SCHEDULES=100000</c> runs so many.
/// </remarks>
public sealed class ClusterSimulationTests : Akka.TestKit.Xunit2.TestKit
{
    private const int Usual = 3000;

    private readonly ITestOutputHelper _output;
    private readonly PoolSettings _settings;

    public ClusterSimulationTests(ITestOutputHelper output) : base($$"""
        akka {
          loglevel = OFF
          loggers = []
          stdout-loglevel = OFF
          log-dead-letters = off
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        }
        {{SimulatedNode.CallingThread}} { type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit", throughput = 2147483647 }
        {{PoolSettings.CoordinationDispatcher}} { type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit", throughput = 2147483647 }
        """, "simulation")
    {
        _output = output;
        var options = new WorkerPoolOptions { Workers = 1, Name = "pool", TimeProvider = new SchedulerClock((TestScheduler)Sys.Scheduler) };
        _settings = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)) with { Workers = 0, IsCluster = true };
    }

    [Fact]
    public async Task Whatever_happens_each_index_has_one_outcome_in_order_and_every_job_ends()
    {
        var started = TimeProvider.System.GetTimestamp();
        var stage = await Stage.OpenAsync(Sys);
        var seeds = Seeds().ToArray();
        foreach (var seed in seeds)
            await Schedule.RunAsync(seed, stage, (TestScheduler)Sys.Scheduler, _settings);
        _output.WriteLine($"{seeds.Length} schedules, seeds {seeds[0]} to {seeds[^1]}, in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s");
    }

    [Fact]
    public async Task The_same_seed_is_the_same_course_of_events()
    {
        var stage = await Stage.OpenAsync(Sys);
        foreach (var seed in Enumerable.Range(1, 20))
            Assert.Equal(await Schedule.RunAsync(seed, stage, (TestScheduler)Sys.Scheduler, _settings), await Schedule.RunAsync(seed, stage, (TestScheduler)Sys.Scheduler, _settings));
    }

    /// <summary>A fixed part, so that what was good stays good, and one that is new each time.</summary>
    private static IEnumerable<int> Seeds()
    {
        if (Number("ACTORPOOL_SEED") is { } seed)
            return [seed];
        var count = Number("ACTORPOOL_SCHEDULES") ?? Usual;
        var fresh = Environment.TickCount & 0xFFFFFF;
        return Enumerable.Range(1, count / 2).Concat(Enumerable.Range(fresh, count - (count / 2)));
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
