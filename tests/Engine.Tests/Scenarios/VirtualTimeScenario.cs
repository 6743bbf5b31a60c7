using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.TestKit;

namespace ActorPool.Tests.Scenarios;

/// <summary>A scenario whose timers and clock stand still until the test moves them.</summary>
public abstract class VirtualTimeScenario()
    : PoolScenario("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
{
    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    protected WorkerPool Create(int workers, string config = "") =>
        CreatePool(workers, config, options => options with { TimeProvider = new SchedulerClock(Time) });

    /// <summary>Moves the clock, and waits until the coordinator has handled what became due.</summary>
    protected async Task Advance(WorkerPool pool, TimeSpan by)
    {
        MoveClock(by);
        await pool.Coordinator.Ask<ActorIdentity>(new Identify(null), Deadline.Limit).Within("coordinator", pool);
    }

    /// <summary>Moves the clock: what becomes due is sent, and may not be handled yet.</summary>
    protected void MoveClock(TimeSpan by) => Time.Advance(by);
}

/// <summary>A clock with the time of Akka's test scheduler.</summary>
internal sealed class SchedulerClock(TestScheduler scheduler) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => scheduler.Now.UtcTicks;

    public override DateTimeOffset GetUtcNow() => scheduler.Now;
}
