using ActorPool.TestKit;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

/// <summary>A scenario whose timers and clock stand still until the test moves them.</summary>
public abstract class VirtualTimeScenario() : PoolScenario(VirtualTime.Config)
{
    private VirtualTime? _time;

    private VirtualTime Time => _time ??= new VirtualTime(Sys);

    protected WorkerPool Create(int workers, string config = "") =>
        CreatePool(workers, config, options => options with { TimeProvider = Time });

    /// <summary>Moves the clock, and waits until the coordinator has handled what became due.</summary>
    protected async Task Advance(WorkerPool pool, TimeSpan by)
    {
        MoveClock(by);
        await pool.Coordinator.Ask<ActorIdentity>(new Identify(null), Deadline.Limit).Within("coordinator", pool);
    }

    /// <summary>Moves the clock: what becomes due is sent, and may not be handled yet.</summary>
    protected void MoveClock(TimeSpan by) => Time.Advance(by);
}
