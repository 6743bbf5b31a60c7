using ActorPool.Configuration;
using ActorPool.TestKit;
using ActorPool.TestKit.Simulation;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.TestKit;
using Xunit.Abstractions;

namespace ActorPool.Tests.Simulation;

/// <summary>Runs random courses of events on a simulated cluster in virtual time.</summary>
/// <remarks>
/// <para>
/// The coordinator, the gatherers and the ledgers are the engine's. The nodes and connections are simulated: they delay and lose
/// messages; nodes die, freeze, leave and join. Worker processes die of their items, are killed, and take too long.
/// </para>
/// <para>
/// A course that fails names its seed: <c>ACTORPOOL_SEED=123 dotnet test tests/Engine.Tests --filter Simulation</c> runs only that one.
/// <c>ACTORPOOL_SCHEDULES=100000</c> runs that many courses.
/// </para>
/// </remarks>
public sealed class ClusterSimulationTests : Akka.TestKit.Xunit2.TestKit
{
    private const int DefaultSchedules = 1000; // .ci/faults runs 20,000

    private readonly ITestOutputHelper _output;
    private readonly PoolSettings _settings;
    private readonly PoolSettings[] _processSettings;

    public ClusterSimulationTests(ITestOutputHelper output) : base(
        Stage.CreateConfig(PoolSettings.WorkerDispatcher, PoolSettings.CoordinationDispatcher), "simulation")
    {
        _output = output;
        var options = new WorkerPoolOptions { Workers = 1, Name = "pool", TimeProvider = new VirtualTime(Sys) };
        _settings = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)) with { Workers = 0, IsCluster = true };
        int?[] tasks = [null, 20];
        _processSettings = Array.ConvertAll(tasks, max =>
        {
            var isolated = options with { Workers = 3, Isolation = WorkerIsolation.Process, MaxTasksPerWorker = max };
            return PoolSettings.Read(isolated, PoolConfig.ForOwnSystem(isolated)).ForWorkers();
        });
    }

    [Fact]
    public async Task Whatever_happens_each_index_has_one_outcome_in_order_and_every_job_ends()
    {
        var stage = await Stage.OpenAsync(Sys);
        await RunAllAsync(seed => RunAsync(seed, stage));
    }

    [Fact]
    public async Task Whatever_ends_worker_processes_exactly_the_items_that_end_them_pay()
    {
        var stage = await Stage.OpenAsync(Sys);
        await RunAllAsync(seed => RunProcessesAsync(seed, stage));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_course_of_events()
    {
        var stage = await Stage.OpenAsync(Sys);
        foreach (var seed in Enumerable.Range(1, 20))
        {
            Assert.Equal(await RunAsync(seed, stage), await RunAsync(seed, stage));
            Assert.Equal(await RunProcessesAsync(seed, stage), await RunProcessesAsync(seed, stage));
        }
    }

    private async Task RunAllAsync(Func<int, Task> runAsync)
    {
        var started = TimeProvider.System.GetTimestamp();
        var seeds = Seeds.Choose(only: null, DefaultSchedules);
        foreach (var seed in seeds)
            await runAsync(seed).Within($"the schedule of ACTORPOOL_SEED={seed}");
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        _output.WriteLine($"{seeds.Count} schedules, seeds {seeds[0]} to {seeds[^1]}, in {elapsed.TotalSeconds:F1} s");
    }

    /// <remarks>On another thread: a handler that never ends must not keep the test from failing.</remarks>
    private Task<IReadOnlyList<string>> RunAsync(int seed, IActorRef stage) =>
        Task.Run(() => Schedule.RunAsync(seed, stage, (TestScheduler)Sys.Scheduler, _settings));

    private Task<IReadOnlyList<string>> RunProcessesAsync(int seed, IActorRef stage) => Task.Run(() =>
        ProcessSchedule.RunAsync(seed, stage, (TestScheduler)Sys.Scheduler, _processSettings[seed % _processSettings.Length]));
}
