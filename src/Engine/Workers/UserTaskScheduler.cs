using Akka.Actor;
using Akka.Dispatch;
using ActorPool.Hosting;

namespace ActorPool.Workers;

/// <summary>Runs tasks on the threads of the workers' dispatcher, so that no user code runs on the .NET thread pool or in an actor that others wait for.</summary>
internal sealed class UserTaskScheduler(MessageDispatcher dispatcher) : TaskScheduler
{
    public static TaskScheduler For(ActorSystem system) => new UserTaskScheduler(system.Dispatchers.Lookup(PoolSettings.WorkerDispatcher));

    protected override void QueueTask(Task task) => dispatcher.Schedule(new TaskRun(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private sealed class TaskRun(UserTaskScheduler scheduler, Task task) : IRunnable
    {
        public void Run()
        {
            WorkerThreads.EnterUserCode();
            try
            {
                scheduler.TryExecuteTask(task);
            }
            finally
            {
                WorkerThreads.LeaveUserCode();
            }
        }

        public void Execute() => Run();
    }
}

/// <summary>Brings the continuations of an asynchronous function back to the threads of the workers' dispatcher.</summary>
internal sealed class WorkerSynchronizationContext(MessageDispatcher dispatcher) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => dispatcher.Schedule(new Continuation(this, d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    private sealed class Continuation(WorkerSynchronizationContext context, SendOrPostCallback callback, object? state) : IRunnable
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
