using Akka.Actor;
using Akka.Dispatch;

namespace ActorPool.Workers;

/// <summary>Runs the continuations of an asynchronous function on the workers' threads.</summary>
internal sealed class WorkerSynchronizationContext(MessageDispatcher dispatcher) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => dispatcher.Schedule(new Continuation(this, d, state));

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
