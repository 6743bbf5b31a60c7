namespace ActorPool.Tests.Support;

/// <summary>The context of a user interface's thread that is blocked.</summary>
/// <remarks>What is posted to the context would run only after the wait, so an await that needs the context never ends.</remarks>
public sealed class BlockedContext : SynchronizationContext
{
    private int _posted;

    /// <summary>Blocks such a thread until a call has ended, as <c>.Result</c> does.</summary>
    /// <param name="call">Makes the call on the blocked thread.</param>
    /// <param name="phase">Names the call if it hangs.</param>
    public static Task RunAsync(Func<Task> call, string phase)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            var context = new BlockedContext();
            SetSynchronizationContext(context);
            try
            {
                // The only place where a test blocks a thread, as such a caller does.
                var task = call();
                if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Deadline.Limit))
                    throw new HangException(
                        $"{phase} did not end while its caller's thread was blocked. "
                        + $"Continuations that wait for the thread: {context._posted}.");
                task.GetAwaiter().GetResult();
                ended.SetResult();
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        }) { IsBackground = true };
        thread.Start();
        return ended.Task;
    }

    public override SynchronizationContext CreateCopy() => this;

    public override void Post(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _posted);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("The thread is blocked.");
}
