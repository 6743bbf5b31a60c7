namespace ActorPool.TestKit;

/// <summary>Waits that end in real time.</summary>
internal static class RealTime
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(49); // of a timer

    /// <summary>Waits for a task, and throws nothing.</summary>
    /// <returns>Whether it has ended in that time, with whatever outcome.</returns>
    public static async Task<bool> HasEndedAsync(this Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit < s_longestWait ? limit : s_longestWait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
