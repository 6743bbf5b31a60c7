using ActorPool.Configuration;
using Akka.Actor;
using Akka.Dispatch;

namespace ActorPool.Workers;

/// <summary>Runs tasks on the threads of the workers' dispatcher.</summary>
/// <remarks>So no user code runs on the .NET thread pool, or in an actor that others wait for.</remarks>
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
