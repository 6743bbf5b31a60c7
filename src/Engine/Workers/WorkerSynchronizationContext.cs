namespace ActorPool.Workers;

/// <summary>Runs the continuations of an asynchronous function on the workers' threads.</summary>
/// <remarks>Their dispatcher would do the same, after it has wrapped the work.</remarks>
internal sealed class WorkerSynchronizationContext(WorkerThreads threads) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => threads.Execute(new Continuation(this, d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    private sealed class Continuation(WorkerSynchronizationContext context, SendOrPostCallback callback, object? state) : IAsyncPart
    {
        public void Run()
        {
            WorkerThreads.EnterUserCode();
            SetSynchronizationContext(context);
            try
            {
                callback(state);
            }
            finally
            {
                SetSynchronizationContext(null);
                WorkerThreads.LeaveUserCode();
            }
        }

        public void Execute() => Run();
    }
}
