using ActorPool.Configuration;
using ActorPool.TestKit.Simulation;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

namespace ActorPool.TestKit;

/// <summary>One random course of events of a pool, as a seed decides it.</summary>
/// <remarks>
/// <para>
/// Coordinator, gatherers and functions are the real ones; workers are simulated. The seed decides how long chunks take on their way,
/// which worker gets which, in which order functions and their continuations run, and which workers are lost before, in or after an item.
/// All runs on one thread and in virtual time, so that the same seed gives the same course.
/// </para>
/// <para>
/// So a scenario finds functions that break when they run twice for an item, when items overlap at an <c>await</c>, or when the items end
/// in another order. Code that leaves the thread (<c>Task.Run</c>, <c>ConfigureAwait(false)</c>, real I/O) works, but its place in the
/// order is not the seed's. Code that blocks on a task of the pool never ends.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// await Schedule.RunAllAsync(async schedule =>
/// {
///     var stock = new Stock(10);
///     await schedule.Pool.ForEachAsync(stock.ReserveAsync, Enumerable.Range(0, 10));
///     Assert.Equal(0, stock.Left);
/// });
/// </code>
/// </example>
public sealed class Schedule
{
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(5);

    private readonly World _world;

    internal Schedule(World world, ActorSystem system, IActorRef stage, ScheduleOptions options, int thread)
    {
        (_world, System) = (world, system);
        Random = new Random(world.Seed);
        Time = new VirtualTime(system);
        Context = new WorldContext(world, thread);
        Pool = WorkerPool.Create(system, options.Pool with
        {
            Workers = options.Pool.Workers ?? world.Random.Next(1, 5),
            TimeProvider = Time,
            Stage = new SimulatedPool(world, stage, options, Context),
        });
    }

    /// <summary>What decides the course of events.</summary>
    /// <value>0 or more.</value>
    public int Seed => _world.Seed;

    /// <summary>The pool; it ends with the schedule.</summary>
    public WorkerPool Pool { get; }

    /// <summary>The clock of the pool, at 2000-01-01 00:00 UTC when a schedule starts.</summary>
    /// <value>It moves by itself. Pass it to the code under test, and use <c>Task.Delay(delay, time)</c> there.</value>
    public VirtualTime Time { get; }

    /// <summary>Random numbers for the scenario, the same for the same seed.</summary>
    public Random Random { get; }

    /// <summary>The events so far, one line each.</summary>
    public IReadOnlyList<string> Trace => _world.Trace;

    internal WorldContext Context { get; }

    internal ActorSystem System { get; }

    /// <summary>Adds a line to the trace, which the message of a failure shows.</summary>
    /// <param name="what">What happened.</param>
    public void Note(string what) => _world.Note(what);

    /// <summary>Runs a scenario under many random schedules.</summary>
    /// <param name="scenario">
    /// Uses <see cref="Pool"/> and checks what comes of it. It must not keep state from one call to the next, and fails by throwing, for
    /// example by an assertion.
    /// </param>
    /// <param name="options">How many schedules, and what may happen in them; null for defaults.</param>
    /// <returns>A task that completes when all schedules have succeeded.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="scenario"/> is null, or a setting or one of the variables <c>ACTORPOOL_SEED</c> and <c>ACTORPOOL_SCHEDULES</c> is
    /// wrong.
    /// </exception>
    /// <exception cref="ScheduleException">
    /// The scenario threw, returned null, did not end in <see cref="ScheduleOptions.Limit"/>, or blocked its thread; the message begins
    /// with the seed.
    /// </exception>
    /// <remarks>
    /// To run a failing schedule again, alone, set the variable: <c>ACTORPOOL_SEED=123 dotnet test --filter …</c>. It takes some ten
    /// milliseconds a schedule.
    /// </remarks>
    public static async Task RunAllAsync(Func<Schedule, Task> scenario, ScheduleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        options ??= ScheduleOptions.Default;
        options.Validate();
        var seeds = Seeds.Choose(options.Seed, options.Schedules);
        var config = ConfigurationFactory.ParseString(
            Stage.CreateConfig(PoolSettings.WorkerDispatcher, PoolSettings.CoordinationDispatcher));
        var system = ActorSystem.Create("schedules", config);
        try
        {
            Isolation.Refuse(system, options.Pool);
            var stage = await Stage.OpenAsync(system).ConfigureAwait(false);
            foreach (var seed in seeds)
            {
                var world = new World(seed, (TestScheduler)system.Scheduler);
                await ScheduleRun.RunAsync(world, system, stage, scenario, options).ConfigureAwait(false);
            }
        }
        finally
        {
            await system.Terminate().HasEndedAsync(s_longestEnd).ConfigureAwait(false);
        }
    }
}
