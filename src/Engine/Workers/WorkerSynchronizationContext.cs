using Akka.Actor;
using Akka.Dispatch;

namespace ActorPool.Workers;

/// <summary>Runs the continuations of an asynchronous function on the workers' threads.</summary>
/// <param name="threads">The workers' threads; null if the dispatcher has others.</param>
/// <param name="dispatcher">The workers' dispatcher.</param>
internal sealed class WorkerSynchronizationContext(WorkerThreads? threads, MessageDispatcher dispatcher) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
    {
        var continuation = new Continuation(this, d, state);
        if (threads is not null)
            threads.Execute(continuation); // what the dispatcher does, after it has wrapped the work
        else
            dispatcher.Schedule(continuation);
    }

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
