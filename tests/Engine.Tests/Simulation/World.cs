using System.Globalization;
using Akka.TestKit;

namespace ActorPool.Tests.Simulation;

/// <summary>Virtual time: a queue of events and a trace of those that have happened.</summary>
/// <remarks>Everything runs on one thread.</remarks>
internal sealed class World(int seed, TestScheduler scheduler)
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Turn)> _events = new();
    private readonly List<string> _trace = [];
    private readonly DateTimeOffset _start = scheduler.Now;
    private long _turns;
    private Exception? _violation;

    public Random Random { get; } = new(seed);

    public TimeSpan Now => scheduler.Now - _start;

    public IReadOnlyList<string> Trace => _trace;

    public void Note(string what) => _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Now.TotalSeconds,9:F3}  {what}"));

    public void After(TimeSpan delay, Action happens) => _events.Enqueue(happens, (Now + delay, _turns++));

    /// <summary>Runs events until a condition holds or the time is over.</summary>
    /// <remarks>When there are no events, it moves the time on for the engine's timers.</remarks>
    public void RunUntil(Func<bool> isOver, TimeSpan end)
    {
        while (!isOver() && Now < end)
        {
            if (_violation is not null)
                throw _violation;
            if (_events.TryDequeue(out var happens, out var when))
            {
                if (when.At > Now)
                    scheduler.Advance(when.At - Now);
                happens();
            }
            else
            {
                scheduler.Advance(TimeSpan.FromMilliseconds(500)); // only timers of the engine remain
            }
        }
        if (_violation is not null)
            throw _violation;
    }

    public TimeSpan Between(double minSeconds, double maxSeconds) =>
        TimeSpan.FromSeconds(minSeconds + (Random.NextDouble() * (maxSeconds - minSeconds)));

    public bool Chance(double probability) => Random.NextDouble() < probability;

    /// <summary>Reports a violation from an actor, whose exceptions do not reach the test.</summary>
    public void Report(string what) => _violation ??= CreateViolation(what);

    /// <summary>Creates the exception for a broken guarantee.</summary>
    public Exception CreateViolation(string what) => new InvalidOperationException(
        $"ACTORPOOL_SEED={seed}: {what}\n{string.Join('\n', _trace.TakeLast(80))}");
}
