namespace ActorPool.TestKit;

/// <summary>Waits that end in real time.</summary>
internal static class RealTime
{
    /// <summary>Waits for a task, and throws nothing.</summary>
    /// <returns>Whether it has ended in that time, with whatever outcome.</returns>
    public static async Task<bool> HasEndedAsync(this Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
