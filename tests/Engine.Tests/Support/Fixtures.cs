using System.Collections;
using System.Collections.Concurrent;

namespace ActorPool.Tests.Support;

/// <summary>What the throwing sources throw.</summary>
public sealed class SayWhenException : Exception
{
    public SayWhenException() : this("Somebody said when") { }

    public SayWhenException(string? message) : base(message) { }

    public SayWhenException(string? message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>The functions, sources and values that the conformance cases share (section 0 of the case list).</summary>
public static class Fixtures
{
    public static readonly int[] Squares = [0, 1, 4, 9, 16, 25, 36, 49, 64, 81];

    /// <summary>i^i for i = 0..9.</summary>
    public static readonly long[] Powers = [1, 1, 4, 27, 256, 3125, 46656, 823543, 16777216, 387420489];

    /// <summary>The standard data of mpire's tests, and what its standard function makes of them.</summary>
    public static readonly (int Index, int Value)[] StandardData =
        new[] { 1, 2, 3, 5, 6, 9, 37, 42, 1337, 0, 3, 5, 0 }.Select((value, index) => (index, value)).ToArray();

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

    /// <summary>Throws with a message of 1 MiB.</summary>
    public static int LargeError(int x) => throw new InvalidDataException(new string('x', (1 << 20) + (0 * x)));

    /// <summary>Yields 0 .. total - 1 lazily, but throws before element <paramref name="when"/>; -1: on the first pull.</summary>
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

    /// <summary>An array of inputs.</summary>
    public static T[] Inputs<T>(params T[] items) => items;

    /// <summary>Yields lazily what is known beforehand.</summary>
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

    /// <summary>0, 1, 2 and so on without end.</summary>
    public static IEnumerable<int> Endless()
    {
        for (var i = 0; ; i++)
            yield return i;
    }

    /// <summary>What takes for ever, unless its token is cancelled.</summary>
    public static void WaitForCancellation()
    {
        var token = WorkContext.Current!.CancellationToken;
        if (!token.WaitHandle.WaitOne(Deadline.Limit))
            throw Deadline.Hang("a function for the cancellation of its token", pool: null);
        token.ThrowIfCancellationRequested();
    }

    public static int ThisWorker() => WorkContext.Current!.WorkerId;

    /// <summary>A pool in whose jobs long ends, that nobody may wait for, come soon.</summary>
    public static WorkerPoolOptions Impatient(int workers) =>
        new() { Workers = workers, Config = "actorpool { abandon-after = 100ms, shutdown-timeout = 200ms }" };

    /// <summary>Asserts that the job fails by one item, with an exception of this type inside.</summary>
    public static async Task<WorkItemException> FailsByItem<TInner>(Task task, string phase, WorkerPool? pool = null)
        where TInner : Exception
    {
        var failure = await Assert.ThrowsAsync<WorkItemException>(() => task.Within(phase, pool));
        Assert.IsType<TInner>(failure.InnerException);
        return failure;
    }

    public static Task<TException> Fails<TException>(Task task, string phase, WorkerPool? pool = null)
        where TException : Exception => Assert.ThrowsAsync<TException>(() => task.Within(phase, pool));

    /// <summary>Asserts that the next place of a stream holds a failed item, and returns its error.</summary>
    public static Task<WorkItemException> FailsNext<T>(IAsyncEnumerator<T> enumerator, string phase, WorkerPool? pool = null) =>
        Assert.ThrowsAsync<WorkItemException>(() => enumerator.MoveNextAsync().Within(phase, pool));
}

/// <summary>0, 1, 2 and so on: counts what was read of it, and knows whether it was let go.</summary>
public sealed class CountingSource(int total = int.MaxValue) : IEnumerable<int>
{
    private int _produced;
    private int _begun;
    private int _disposed;

    public int Produced => Volatile.Read(ref _produced);

    public int Begun => Volatile.Read(ref _begun);

    public int Disposed => Volatile.Read(ref _disposed);

    public IEnumerator<int> GetEnumerator()
    {
        Interlocked.Increment(ref _begun);
        try
        {
            for (var i = 0; i < total; i++)
            {
                Interlocked.Increment(ref _produced);
                yield return i;
            }
        }
        finally
        {
            Interlocked.Increment(ref _disposed);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Claims to have one element and throws when it is enumerated.</summary>
public sealed class ThrowingCollection : ICollection<int>
{
    public int Count => 1;

    public bool IsReadOnly => true;

    public void Add(int item) => throw new NotSupportedException();

    public void Clear() => throw new NotSupportedException();

    public bool Contains(int item) => throw new NotSupportedException();

    public void CopyTo(int[] array, int arrayIndex) => throw new SayWhenException();

    public bool Remove(int item) => throw new NotSupportedException();

    public IEnumerator<int> GetEnumerator() => throw new SayWhenException();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Keeps every progress report, in the order they came.</summary>
public sealed class ProgressLog : IProgress<JobProgress>
{
    private readonly ConcurrentQueue<JobProgress> _reports = new();

    public IReadOnlyList<JobProgress> Reports => [.. _reports];

    public JobProgress Last => Reports[^1];

    public void Report(JobProgress value) => _reports.Enqueue(value);
}

/// <summary>Calls back with every progress report.</summary>
public sealed class ProgressTo(Action<JobProgress> report) : IProgress<JobProgress>
{
    public void Report(JobProgress value) => report(value);
}

/// <summary>Records, on each worker, that its state was made and disposed of.</summary>
public sealed class WorkerStates
{
    private int _made;
    private int _disposed;

    public int Made => Volatile.Read(ref _made);

    public int Disposed => Volatile.Read(ref _disposed);

    /// <summary>Sums of what the workers' functions added, one for each state that was disposed of.</summary>
    public ConcurrentBag<int> Sums { get; } = [];

    public State Make() => new(this, Interlocked.Increment(ref _made));

    public sealed class State(WorkerStates owner, int number) : IDisposable
    {
        public int Number { get; } = number;

        public int Sum { get; set; }

        public void Dispose()
        {
            owner.Sums.Add(Sum);
            Interlocked.Increment(ref owner._disposed);
        }
    }
}
