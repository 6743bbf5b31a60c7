namespace ActorPool.TestKit.Simulation;

/// <summary>Lets continuations be events of a world, in an order that the seed decides.</summary>
internal sealed class WorldContext(World world, int thread) : SynchronizationContext
{
    private const double MaxDelay = 0.001; // seconds; enough to change the order of what is ready at the same time

    public override void Post(SendOrPostCallback d, object? state)
    {
        // One from another thread has no place in the order: it is the next.
        var delay = Environment.CurrentManagedThreadId == thread ? world.Between(0, MaxDelay) : TimeSpan.Zero;
        world.After(delay, () => Run(() => d(state)));
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => new WorldContext(world, thread);

    /// <summary>Runs code whose awaits continue as events.</summary>
    /// <remarks>In a context object of its own: what the code completes then continues as an event too, and not inside the code.</remarks>
    public void Run(Action code)
    {
        var before = Current;
        SetSynchronizationContext(CreateCopy());
        try
        {
            code();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
