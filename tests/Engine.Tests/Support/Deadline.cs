namespace ActorPool.Tests.Support;

/// <summary>A test waited in vain; the message says for what, and the pool's state.</summary>
public sealed class HangException : Exception
{
    public HangException() { }

    public HangException(string? message) : base(message) { }

    public HangException(string? message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>Lets no test wait forever.</summary>
/// <remarks>Each await names its phase, and one that takes too long fails with that name and the pool's state.</remarks>
public static class Deadline
{
    /// <summary>The longest wait.</summary>
    /// <remarks>What takes a second on an idle machine may take half a minute on a busy one.</remarks>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan s_shortWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_shortInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longInterval = TimeSpan.FromMilliseconds(10);

    public static async Task<T> Within<T>(this Task<T> task, string phase, WorkerPool? pool = null)
    {
        await WaitForEndAsync(task, phase, pool);
        return await task;
    }

    public static async Task Within(this Task task, string phase, WorkerPool? pool = null)
    {
        await WaitForEndAsync(task, phase, pool);
        await task;
    }

    public static Task<T> Within<T>(this ValueTask<T> task, string phase, WorkerPool? pool = null) => task.AsTask().Within(phase, pool);

    public static Task Within(this ValueTask task, string phase, WorkerPool? pool = null) => task.AsTask().Within(phase, pool);

    public static Task<T> Within<T>(this Job<T> job, string phase, WorkerPool? pool = null) =>
        job.Completion.Within($"{phase} ({job})", pool);

    /// <summary>Reads a whole stream.</summary>
    public static async Task<List<T>> ReadAll<T>(this IAsyncEnumerable<T> stream, string phase, WorkerPool? pool = null)
    {
        var results = new List<T>();
        await using var enumerator = stream.GetAsyncEnumerator();
        while (await enumerator.MoveNextAsync().Within($"{phase}, result {results.Count}", pool))
            results.Add(enumerator.Current);
        return results;
    }

    /// <summary>Moves an enumerator that must have another result, and returns that result.</summary>
    public static async Task<T> Next<T>(this IAsyncEnumerator<T> enumerator, string phase, WorkerPool? pool = null)
    {
        Assert.True(await enumerator.MoveNextAsync().Within(phase, pool), $"{phase}: the stream has ended");
        return enumerator.Current;
    }

    /// <summary>Waits for a condition by checking it again and again.</summary>
    public static Task Until(Func<bool> condition, string phase, WorkerPool? pool = null) =>
        Until(() => Task.FromResult(condition()), phase, pool);

    /// <inheritdoc cref="Until(Func{bool}, string, WorkerPool?)"/>
    public static async Task Until(Func<Task<bool>> condition, string phase, WorkerPool? pool = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(s_shortInterval);
        while (!await condition())
        {
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            if (elapsed > Limit)
                throw CreateHangException(phase, pool);
            // Some conditions are expensive, and what has not come at once often needs all processors.
            if (elapsed > s_shortWait)
                timer.Period = s_longInterval;
            await timer.WaitForNextTickAsync();
        }
    }

    public static HangException CreateHangException(string phase, WorkerPool? pool) =>
        new($"Still waiting after {Limit.TotalSeconds} s: {phase}. {(pool is null ? "" : $"{pool}; {pool.Statistics}")}");

    private static async Task WaitForEndAsync(Task task, string phase, WorkerPool? pool)
    {
        await task.WaitAsync(Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!task.IsCompleted)
            throw CreateHangException(phase, pool);
    }
}
