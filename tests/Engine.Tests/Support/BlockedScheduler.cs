namespace ActorPool.Tests.Support;

/// <summary>A task scheduler of one thread, which a task blocks until a call has ended.</summary>
/// <remarks>A continuation that runs on the scheduler of its caller never runs.</remarks>
public sealed class BlockedScheduler : TaskScheduler
{
    private int _queued;

    /// <summary>Blocks the only thread of such a scheduler until a call has ended.</summary>
    /// <param name="call">Makes the call on the blocked thread.</param>
    /// <param name="phase">Names the call if it hangs.</param>
    public static Task RunAsync(Func<Task> call, string phase)
    {
        var scheduler = new BlockedScheduler();
        return Task.Factory.StartNew(
            () =>
            {
                // As a caller does that blocks on .Result.
                var task = call();
                if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Deadline.Limit))
                    throw new HangException(
                        $"{phase} did not end while its caller's scheduler was blocked. Tasks that wait for it: {scheduler._queued - 1}.");
                task.GetAwaiter().GetResult();
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler);
    }

    protected override void QueueTask(Task task)
    {
        if (Interlocked.Increment(ref _queued) == 1)
            new Thread(() => TryExecuteTask(task)) { IsBackground = true }.Start();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task>? GetScheduledTasks() => null;
}
