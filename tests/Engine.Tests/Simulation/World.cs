using System.Globalization;
using Akka.TestKit;

namespace ActorPool.Tests.Simulation;

/// <summary>Virtual time: what is to happen, in its order, and what has happened. Everything runs on one thread.</summary>
internal sealed class World(int seed, TestScheduler scheduler)
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Turn)> _events = new();
    private readonly List<string> _trace = [];
    private readonly DateTimeOffset _start = scheduler.Now;
    private long _turns;

    public Random Random { get; } = new(seed);

    public TimeSpan Now => scheduler.Now - _start;

    public IReadOnlyList<string> Trace => _trace;

    public void Note(string what) => _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Now.TotalSeconds,9:F3}  {what}"));

    public void After(TimeSpan delay, Action happens) => _events.Enqueue(happens, (Now + delay, _turns++));

    /// <summary>Lets everything happen until a condition holds, or nothing is left, or the time is over.</summary>
    public void RunUntil(Func<bool> isOver, TimeSpan end)
    {
        while (!isOver() && Now < end)
        {
            if (_events.TryDequeue(out var happens, out var when))
            {
                if (when.At > Now)
                    scheduler.Advance(when.At - Now);
                happens();
            }
            else
            {
                scheduler.Advance(TimeSpan.FromMilliseconds(500)); // only timers of the engine are left
            }
        }
    }

    public TimeSpan Between(double leastSeconds, double mostSeconds) => TimeSpan.FromSeconds(leastSeconds + (Random.NextDouble() * (mostSeconds - leastSeconds)));

    public bool Chance(double probability) => Random.NextDouble() < probability;

    /// <summary>What must not happen has happened.</summary>
    public Exception Violation(string what) => new InvalidOperationException(
        $"ACTORPOOL_SEED={seed}: {what}\n{string.Join('\n', _trace.TakeLast(80))}");
}
