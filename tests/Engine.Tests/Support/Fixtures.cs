using System.Collections;
using System.Collections.Concurrent;

namespace ActorPool.Tests.Support;

/// <summary>Thrown by the throwing sources.</summary>
public sealed class SayWhenException : Exception
{
    public SayWhenException() : this("Somebody said when") { }

    public SayWhenException(string? message) : base(message) { }

    public SayWhenException(string? message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>The functions, sources and values that the conformance cases share.</summary>
/// <remarks>They are listed in docs/conformance.md, "Functions and lists that the cases use".</remarks>
public static class Fixtures
{
    public static readonly int[] Squares = [0, 1, 4, 9, 16, 25, 36, 49, 64, 81];

    /// <summary>i^i for i = 0..9.</summary>
    public static readonly long[] Powers = [1, 1, 4, 27, 256, 3125, 46656, 823543, 16777216, 387420489];

    /// <summary>The standard data of mpire's tests.</summary>
    public static readonly (int Index, int Value)[] StandardData =
        new[] { 1, 2, 3, 5, 6, 9, 37, 42, 1337, 0, 3, 5, 0 }.Select((value, index) => (index, value)).ToArray();

    /// <summary>The results of mpire's standard function over <see cref="StandardData"/>.</summary>
    public static readonly (int Index, int Value)[] StandardResults =
        [(0, 1), (1, 4), (2, 9), (3, 25), (4, 36), (5, 81), (6, 1369), (7, 1764), (8, 1787569), (9, 0), (10, 9), (11, 25), (12, 0)];

    public static TheoryData<int> WorkerCounts => [1, 3, 4];

    public static int Sqr(int x) => x * x;

    public static int Mul(int x, int y) => x * y;

    public static T Identity<T>(T x) => x;

    public static long Pow(int b, int exponent)
    {
        var power = 1L;
        for (var i = 0; i < exponent; i++)
            power *= b;
        return power;
    }

    public static (int Quotient, int Remainder) DivMod(int x, int y) => (x / y, x % y);

    /// <summary>Throws with a message of 1,048,576 characters.</summary>
    public static int LargeError(int x) => throw new InvalidDataException(new string('x', (1 << 20) + (0 * x)));

    /// <summary>Yields 0 .. total - 1 lazily, but throws before element <paramref name="when"/>.</summary>
    /// <param name="total">How many elements there would be.</param>
    /// <param name="when">The element that throws; -1: throws on the first pull, even if there are no elements.</param>
    public static IEnumerable<int> ThrowingSource(int total, int when)
    {
        if (when == -1)
            throw new SayWhenException();
        for (var i = 0; i < total; i++)
        {
            if (i == when)
                throw new SayWhenException();
            yield return i;
        }
    }

    /// <summary>Returns its arguments as an array.</summary>
    public static T[] Inputs<T>(params T[] items) => items;

    /// <summary>Yields items lazily, so that their number is unknown beforehand.</summary>
    public static IEnumerable<T> Generated<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
            yield return item;
    }

    public static async IAsyncEnumerable<T> GeneratedAsync<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    /// <summary>Yields 0, 1, 2 and so on without end.</summary>
    public static IEnumerable<int> Endless()
    {
        for (var i = 0; ; i++)
            yield return i;
    }

    /// <summary>Blocks until the running item's token is cancelled.</summary>
    public static void WaitForCancellation()
    {
        var token = WorkContext.Current!.CancellationToken;
        if (!token.WaitHandle.WaitOne(Deadline.Limit))
            throw Deadline.CreateHangException("a function for the cancellation of its token", pool: null);
        token.ThrowIfCancellationRequested();
    }

    public static int ThisWorker() => WorkContext.Current!.WorkerId;

    /// <summary>Options of a pool that abandons functions and shuts down after a short wait.</summary>
    public static WorkerPoolOptions CreateImpatientOptions(int workers) =>
        new() { Workers = workers, Config = "actorpool { abandon-after = 100ms, shutdown-timeout = 200ms }" };

    /// <summary>Asserts that an item fails the job, with an inner exception of this type.</summary>
    public static async Task<WorkItemException> FailsByItem<TInner>(Task task, string phase, WorkerPool? pool = null)
        where TInner : Exception
    {
        var failure = await Assert.ThrowsAsync<WorkItemException>(() => task.Within(phase, pool));
        Assert.IsType<TInner>(failure.InnerException);
        return failure;
    }

    public static Task<TException> Fails<TException>(Task task, string phase, WorkerPool? pool = null)
        where TException : Exception => Assert.ThrowsAsync<TException>(() => task.Within(phase, pool));

    /// <summary>Asserts that the next item of a stream has failed, and returns its error.</summary>
    public static Task<WorkItemException> FailsNext<T>(IAsyncEnumerator<T> enumerator, string phase, WorkerPool? pool = null) =>
        Assert.ThrowsAsync<WorkItemException>(() => enumerator.MoveNextAsync().Within(phase, pool));
}

/// <summary>Keeps all progress reports in their order of arrival.</summary>
public sealed class ProgressLog : IProgress<JobProgress>
{
    private readonly ConcurrentQueue<JobProgress> _reports = new();

    public IReadOnlyList<JobProgress> Reports => [.. _reports];

    public JobProgress Last => Reports[^1];

    public void Report(JobProgress value) => _reports.Enqueue(value);
}

/// <summary>Calls a function with each progress report.</summary>
public sealed class ProgressTo(Action<JobProgress> report) : IProgress<JobProgress>
{
    public void Report(JobProgress value) => report(value);
}
