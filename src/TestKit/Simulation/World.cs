using System.Globalization;
using Akka.TestKit;

namespace ActorPool.TestKit.Simulation;

/// <summary>Virtual time: a queue of events and a trace of those that have happened.</summary>
/// <remarks>Everything runs on one thread; <see cref="After"/> and <see cref="Note"/> may be called from others.</remarks>
internal sealed class World(int seed, TestScheduler scheduler)
{
    /// <summary>The variable that names the only seed to run.</summary>
    public const string SeedVariable = "ACTORPOOL_SEED";

    private const int MaxShown = 80; // events in a message

    private readonly Lock _lock = new();
    private readonly PriorityQueue<Action, (TimeSpan At, long Turn)> _events = new();
    private readonly List<string> _trace = [];
    private readonly DateTimeOffset _start = scheduler.Now;
    private long _turns;
    private Exception? _violation;

    public int Seed => seed;

    public Random Random { get; } = new(seed);

    public TimeSpan Now => scheduler.Now - _start;

    public IReadOnlyList<string> Trace => _trace;

    public bool HasEvents
    {
        get
        {
            lock (_lock)
                return _events.Count > 0;
        }
    }

    public void Note(string what)
    {
        lock (_lock)
            _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Now.TotalSeconds,9:F3}  {what}"));
    }

    public void After(TimeSpan delay, Action happens)
    {
        lock (_lock)
            _events.Enqueue(happens, (Now + delay, _turns++));
    }

    /// <summary>Runs events until a condition holds or the time is over.</summary>
    /// <remarks>When there are no events, it moves the time on for the engine's timers.</remarks>
    public void RunUntil(Func<bool> isOver, TimeSpan end)
    {
        while (!isOver() && Now < end)
        {
            ThrowViolation();
            if (!TryRunNext(TimeSpan.MaxValue))
                scheduler.Advance(TimeSpan.FromMilliseconds(500)); // only timers of the engine remain
        }
        ThrowViolation();
    }

    /// <summary>Moves the time to the next event and runs it, if that is near.</summary>
    /// <param name="within">How near it must be.</param>
    /// <returns>False if it is not, or there is none.</returns>
    public bool TryRunNext(TimeSpan within)
    {
        Action? happens;
        TimeSpan wait;
        lock (_lock)
        {
            if (!_events.TryPeek(out happens, out var when) || when.At - Now > within)
                return false;
            wait = when.At - Now;
            _events.Dequeue();
        }
        if (wait > TimeSpan.Zero)
            scheduler.Advance(wait);
        happens();
        return true;
    }

    public TimeSpan Between(double minSeconds, double maxSeconds) =>
        TimeSpan.FromSeconds(minSeconds + (Random.NextDouble() * (maxSeconds - minSeconds)));

    public bool Chance(double probability) => Random.NextDouble() < probability;

    /// <summary>Reports a violation from an actor, whose exceptions do not reach the test.</summary>
    public void Report(string what) => _violation ??= CreateViolation(what);

    public void ThrowViolation()
    {
        if (_violation is not null)
            throw _violation;
    }

    /// <summary>Creates the exception for a broken guarantee.</summary>
    public ScheduleException CreateViolation(string what, Exception? inner = null) => new(
        $"{SeedVariable}={seed}: {what}\n{string.Join('\n', _trace.TakeLast(MaxShown))}", inner);
}
