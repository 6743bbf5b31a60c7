using System.Globalization;
using Akka.Actor;
using Akka.TestKit;

namespace ActorPool.TestKit;

/// <summary>A clock and timers that follow the <see cref="TestScheduler"/> of an actor system.</summary>
/// <remarks>
/// <para>
/// With it as <see cref="WorkerPoolOptions.TimeProvider"/>, all times of a pool in that system are virtual: they pass only when the test
/// moves them. Pass it to your own code as well, and use <c>Task.Delay(delay, time)</c> there.
/// </para>
/// <para>
/// Both pass together, but the scheduler's <c>Now</c> began at the machine's date: take the time from this clock.
/// The system needs <see cref="Config"/>. All members may be called from any thread. <see cref="PoolTest"/> does all of this in one line.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// public sealed class MyTests() : Akka.TestKit.Xunit2.TestKit(VirtualTime.Config)
/// …
/// var time = new VirtualTime(Sys);
/// await using var pool = WorkerPool.Create(Sys, new WorkerPoolOptions { TimeProvider = time });
/// time.Advance(TimeSpan.FromMinutes(5));
/// </code>
/// </example>
public sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset s_lastOfScheduler = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero); // its timers are later still

    private readonly TestScheduler _scheduler;
    private readonly TimeSpan _offset;
    private readonly TimerDues _dues = new();

    /// <summary>Follows the scheduler of an actor system; the clock shows <see cref="DefaultStart"/>.</summary>
    /// <param name="system">For example a TestKit's <c>Sys</c>.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="system"/> is null, or its scheduler is not a <see cref="TestScheduler"/>: start it with <see cref="Config"/>.
    /// </exception>
    public VirtualTime(ActorSystem system)
        : this(system, DefaultStart)
    {
    }

    /// <summary>Follows the scheduler of an actor system, from a time on.</summary>
    /// <param name="system">For example a TestKit's <c>Sys</c>.</param>
    /// <param name="start">What the clock shows now, for a test that depends on the date.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="system"/> is null, or its scheduler is not a <see cref="TestScheduler"/>: start it with <see cref="Config"/>.
    /// </exception>
    public VirtualTime(ActorSystem system, DateTimeOffset start)
    {
        ArgumentNullException.ThrowIfNull(system);
        _scheduler = system.Scheduler as TestScheduler ?? throw new ArgumentException(
            $"The actor system [{system.Name}] has the scheduler [{system.Scheduler.GetType().Name}], whose time a test cannot move. "
            + $"Start the system with VirtualTime.Config, or use PoolTest.Start.",
            nameof(system));
        _offset = start - _scheduler.Now;
    }

    /// <summary>The HOCON that gives an actor system a <see cref="TestScheduler"/>.</summary>
    /// <value>For the constructor of a TestKit, or to be put before other HOCON.</value>
    public static string Config => $"""akka.scheduler.implementation = "{typeof(TestScheduler).FullName}, Akka.TestKit" """;

    /// <summary>What the clock of a test shows at first, unless the test says otherwise.</summary>
    /// <value>2000-01-01 00:00 UTC, a Saturday: a test means the same on each day.</value>
    public static DateTimeOffset DefaultStart { get; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The time zone of the clock.</summary>
    /// <value>UTC, so that a test means the same on each machine.</value>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>When the next timer of this clock is due; null without any.</summary>
    internal DateTimeOffset? NextDue => _dues.GetNext();

    /// <summary>How far the time can move, so that there is a date for each timer.</summary>
    internal TimeSpan MaxMove
    {
        get
        {
            var (clock, scheduler) = (DateTimeOffset.MaxValue - GetUtcNow(), s_lastOfScheduler - _scheduler.Now);
            return clock < scheduler ? clock : scheduler;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _scheduler.Now + _offset;

    /// <summary>Creates a timer that fires on the thread that moves the time.</summary>
    /// <param name="callback">Called with <paramref name="state"/>.</param>
    /// <param name="state">Any value.</param>
    /// <param name="dueTime">
    /// 0 or more, at most some 6,900 years, or <see cref="Timeout.InfiniteTimeSpan"/>: never. 0: as soon as the time is moved.
    /// </param>
    /// <param name="period">0 or infinite: it fires once. Otherwise at most once in each move.</param>
    /// <returns>The timer.</returns>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, _scheduler, _dues, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the time, and sends or calls what becomes due, in order.</summary>
    /// <param name="by">0 or more, at most some 6,900 years.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative, or more than that.</exception>
    /// <remarks>
    /// Actors handle what was sent after this has returned; <see cref="PoolTest.AdvanceAsync"/> waits for the pool. What a timer starts
    /// counts from the new time: to run through several timeouts, move the time in several steps. Call it from one thread at a time.
    /// </remarks>
    public void Advance(TimeSpan by)
    {
        CheckMove(by, nameof(by));
        _scheduler.Advance(by);
    }

    /// <summary>Checks that the time can move by so much.</summary>
    /// <param name="by">How much.</param>
    /// <param name="name">The caller's parameter.</param>
    internal void CheckMove(TimeSpan by, string name)
    {
        if (by >= TimeSpan.Zero && by <= MaxMove)
            return;
        throw new ArgumentOutOfRangeException(
            name, by,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name} is [{by}]. The clock shows [{GetUtcNow():u}]: set 0 to [{MaxMove}]."));
    }
}
