using ActorPool.Jobs;
using Akka.Actor;
using Akka.Configuration;

namespace ActorPool.TestKit;

/// <summary>A pool on virtual time, with functions that the test controls and expectations about jobs.</summary>
/// <remarks>
/// <para>
/// The pool is a real one: its functions run on its threads. Only its clock and its timers are virtual: they stand still until
/// <see cref="AdvanceAsync"/>. What a test waits for, it waits for in real time, at most <see cref="RealTimeLimit"/>; then a
/// <see cref="PoolTestException"/> shows the unfinished jobs, where their items are and since when, and the last warnings.
/// </para>
/// <para>It depends on no test framework. All members may be called from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var test = PoolTest.Start(workers: 2);
/// var download = test.CreateFunction&lt;string, int&gt;();
/// var sizes = test.Pool.MapAsync(download.RunAsync, ["a", "b"], new JobOptions { ItemTimeout = TimeSpan.FromMinutes(1) });
/// (await download.NextAsync()).Complete(10);
/// await test.AdvanceAsync(TimeSpan.FromMinutes(1));
/// await test.ExpectFailureAsync&lt;WorkItemException&gt;(sizes);
/// </code>
/// </example>
public sealed partial class PoolTest : IAsyncDisposable
{
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(5); // of an actor system of our own

    // A test that fails while a function blocks waits for the shutdown-timeout: it should be short.
    private static readonly string s_systemConfig = $$"""
        {{VirtualTime.Config}}
        actorpool.shutdown-timeout = 1s
        akka {
          loggers = []
          loglevel = WARNING
          stdout-loglevel = OFF
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            exit-clr = off
          }
        }
        """;

    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    private readonly bool _ownsSystem;
    private readonly DateTimeOffset _start;
    private readonly WarningLog _warnings;
    private readonly Lock _lock = new();
    private readonly List<IControlledFunction> _functions = [];

    private PoolTest(ActorSystem system, bool ownsSystem, WorkerPoolOptions options, DateTimeOffset start)
    {
        Isolation.Refuse(system, options);
        (System, _ownsSystem) = (system, ownsSystem);
        Time = new VirtualTime(system, start);
        _start = Time.GetUtcNow();
        _warnings = new WarningLog(system);
        Pool = WorkerPool.Create(system, options with { TimeProvider = Time });
    }

    /// <summary>The pool.</summary>
    public WorkerPool Pool { get; }

    /// <summary>The clock of the pool.</summary>
    /// <value>
    /// Pass it to the code under test as its <see cref="TimeProvider"/>. It starts at <see cref="VirtualTime.DefaultStart"/>, or at the
    /// time given to <see cref="Start(WorkerPoolOptions, DateTimeOffset)"/>.
    /// </value>
    public VirtualTime Time { get; }

    /// <summary>The actor system of the pool.</summary>
    public ActorSystem System { get; }

    /// <summary>The longest real time that an expectation waits.</summary>
    /// <value>More than 0; default 30 s. It matters only to tests that fail: what takes a second on an idle machine may take many.</value>
    public TimeSpan RealTimeLimit
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>Starts a pool in an actor system of its own.</summary>
    /// <param name="workers">1 to 10,000.</param>
    /// <returns>The pool and its clock; dispose it to end both.</returns>
    /// <exception cref="ArgumentException"><paramref name="workers"/> is out of range.</exception>
    /// <remarks>Takes some 50 ms.</remarks>
    public static PoolTest Start(int workers = 2) => Start(new WorkerPoolOptions { Workers = workers });

    /// <summary>Starts a pool in an actor system of its own.</summary>
    /// <param name="options">
    /// The pool's settings, without a clock and worker processes; <see cref="WorkerPoolOptions.Config"/> may have only
    /// <c>actorpool { … }</c>.
    /// </param>
    /// <returns>The pool and its clock; dispose it to end both.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="options"/> is null, has a clock or worker processes, or is refused by
    /// <see cref="WorkerPool.Create(ActorSystem, WorkerPoolOptions)"/>.
    /// </exception>
    /// <remarks>Takes some 50 ms. <c>actorpool.shutdown-timeout</c> is 1 s if the options do not set it.</remarks>
    public static PoolTest Start(WorkerPoolOptions options) => Start(options, VirtualTime.DefaultStart);

    /// <summary>Starts a pool in an actor system of its own, at a chosen time.</summary>
    /// <param name="options">
    /// The pool's settings, without a clock and worker processes; <see cref="WorkerPoolOptions.Config"/> may have only
    /// <c>actorpool { … }</c>.
    /// </param>
    /// <param name="start">What the clock shows at first, for a test that depends on the date.</param>
    /// <returns>The pool and its clock; dispose it to end both.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="options"/> is null, has a clock or worker processes, or is refused by
    /// <see cref="WorkerPool.Create(ActorSystem, WorkerPoolOptions)"/>.
    /// </exception>
    /// <remarks>Takes some 50 ms. <c>actorpool.shutdown-timeout</c> is 1 s if the options do not set it.</remarks>
    public static PoolTest Start(WorkerPoolOptions options, DateTimeOffset start)
    {
        Check(options);
        var system = ActorSystem.Create("pool-test", ConfigurationFactory.ParseString(s_systemConfig));
        try
        {
            return new PoolTest(system, ownsSystem: true, options, start);
        }
        catch
        {
            _ = system.Terminate();
            throw;
        }
    }

    /// <summary>Starts a pool in the actor system of a TestKit, for tests with probes.</summary>
    /// <param name="system">For example a TestKit's <c>Sys</c>, started with <see cref="VirtualTime.Config"/>.</param>
    /// <param name="options">The pool's settings, without a clock and worker processes; null for those of the system.</param>
    /// <returns>The pool and its clock; dispose it to end the pool, but not the system.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="system"/> is null or has another scheduler, or the settings have a clock or worker processes, or are refused by
    /// <see cref="WorkerPool.Create(ActorSystem, WorkerPoolOptions)"/>.
    /// </exception>
    public static PoolTest Start(ActorSystem system, WorkerPoolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        options ??= new WorkerPoolOptions();
        Check(options);
        return new PoolTest(system, ownsSystem: false, options, VirtualTime.DefaultStart);
    }

    /// <summary>Moves the time, and waits until the pool has handled what became due.</summary>
    /// <param name="by">0 or more, at most some 6,900 years.</param>
    /// <returns>A task that completes when the pool has seen the new time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative, or more than that.</exception>
    /// <exception cref="PoolTestException">The pool did not answer in <see cref="RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended, or ends meanwhile.</exception>
    /// <remarks>
    /// What the pool was told before is handled first. The time stops before each timer of <see cref="Time"/> that is due on the way, such
    /// as that of an item which completes after some time, and at it: the pool's own timeouts that are due before it have happened then.
    /// What a timeout starts counts from where the time stands: to run through several of them, move the time in several steps. Functions
    /// may go on after this has completed: wait for what they do.
    /// </remarks>
    public async Task AdvanceAsync(TimeSpan by)
    {
        Time.CheckMove(by, nameof(by));
        await SettleAsync().ConfigureAwait(false); // a timer that the pool is about to set counts from the time before
        var end = Time.GetUtcNow() + by;
        while (Time.NextDue is { } due && due > Time.GetUtcNow() && due <= end)
        {
            // Timers run at once and messages later: a timeout must not lose against an item that ends long after it.
            await AdvanceToAsync(due - s_tick).ConfigureAwait(false);
            await AdvanceToAsync(due).ConfigureAwait(false);
        }
        await AdvanceToAsync(end).ConfigureAwait(false);
    }

    private Task AdvanceToAsync(DateTimeOffset time)
    {
        Time.Advance(time > Time.GetUtcNow() ? time - Time.GetUtcNow() : TimeSpan.Zero);
        return SettleAsync();
    }

    /// <summary>Creates a function whose items the test completes, fails, delays, and whose workers it kills.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="ignoresCancellation">
    /// Whether its items go on when they are cancelled or run out of their time, as those of a function that does not watch its token.
    /// </param>
    /// <returns>The function. What waits in it ends with this object.</returns>
    /// <exception cref="ObjectDisposedException">The test has ended.</exception>
    public ControlledFunction<TIn, TOut> CreateFunction<TIn, TOut>(bool ignoresCancellation = false)
    {
        var function = new ControlledFunction<TIn, TOut>(this, ignoresCancellation);
        lock (_lock)
        {
            ThrowIfDisposed();
            _functions.Add(function);
        }
        return function;
    }

    /// <summary>Waits until the coordinator has handled all that it was sent.</summary>
    private async Task SettleAsync()
    {
        ThrowIfDisposed();
        if (Pool.State.HasEnded)
            return;
        var answer = Pool.Coordinator.Ask<ActorIdentity>(new Identify(null));
        if (!await HasEndedAsync(Task.WhenAny(answer, Pool.State.Stopped)).ConfigureAwait(false))
            throw await CreateExceptionAsync("the pool's coordinator handles its messages").ConfigureAwait(false);
    }

    private IControlledFunction[] GetFunctions()
    {
        lock (_lock)
            return [.. _functions];
    }

    private static void Check(WorkerPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!ReferenceEquals(options.TimeProvider, TimeProvider.System))
        {
            throw new ArgumentException(
                $"WorkerPoolOptions.TimeProvider is [{options.TimeProvider}], but PoolTest gives the pool a clock. Leave it out.",
                nameof(options));
        }
    }
}
