namespace ActorPool.Child;

/// <summary>Brings the continuations of an asynchronous function back to the thread of the worker process.</summary>
internal sealed class ChildSynchronizationContext(ChildThread thread) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => thread.Post(d, state);

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
