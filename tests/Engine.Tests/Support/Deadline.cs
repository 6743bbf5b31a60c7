namespace ActorPool.Tests.Support;

/// <summary>A test waited for something that did not come: says what for, and what the pool was doing.</summary>
public sealed class HangException : Exception
{
    public HangException() { }

    public HangException(string? message) : base(message) { }

    public HangException(string? message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>Lets no test wait for ever: each await names its phase, and one that takes too long fails with what was outstanding.</summary>
public static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<T> Within<T>(this Task<T> task, string phase, WorkerPool? pool = null)
    {
        await Ends(task, phase, pool);
        return await task;
    }

    public static async Task Within(this Task task, string phase, WorkerPool? pool = null)
    {
        await Ends(task, phase, pool);
        await task;
    }

    public static Task<T> Within<T>(this ValueTask<T> task, string phase, WorkerPool? pool = null) => task.AsTask().Within(phase, pool);

    public static Task Within(this ValueTask task, string phase, WorkerPool? pool = null) => task.AsTask().Within(phase, pool);

    public static Task<T> Within<T>(this Job<T> job, string phase, WorkerPool? pool = null) => job.Completion.Within($"{phase} ({job})", pool);

    /// <summary>Reads a whole stream.</summary>
    public static async Task<List<T>> ReadAll<T>(this IAsyncEnumerable<T> stream, string phase, WorkerPool? pool = null)
    {
        var results = new List<T>();
        await using var enumerator = stream.GetAsyncEnumerator();
        while (await enumerator.MoveNextAsync().Within($"{phase}, result {results.Count}", pool))
            results.Add(enumerator.Current);
        return results;
    }

    /// <summary>Moves an enumerator that must have one more result, and returns that.</summary>
    public static async Task<T> Next<T>(this IAsyncEnumerator<T> enumerator, string phase, WorkerPool? pool = null)
    {
        Assert.True(await enumerator.MoveNextAsync().Within(phase, pool), $"{phase}: the stream has ended");
        return enumerator.Current;
    }

    /// <summary>Waits for a condition that nobody announces.</summary>
    public static async Task Until(Func<bool> condition, string phase, WorkerPool? pool = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
                throw Hang(phase, pool);
            await timer.WaitForNextTickAsync();
        }
    }

    public static HangException Hang(string phase, WorkerPool? pool) =>
        new($"Still waiting after {Limit.TotalSeconds} s: {phase}. {(pool is null ? "" : $"{pool}; {pool.Statistics}")}");

    private static async Task Ends(Task task, string phase, WorkerPool? pool)
    {
        await task.WaitAsync(Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!task.IsCompleted)
            throw Hang(phase, pool);
    }
}
