using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>A job that keeps its workers busy until the test ends it.</summary>
/// <remarks>
/// An item takes about two milliseconds. A fixed number of items would be too few on a fast machine, and minutes of work on a busy one.
/// </remarks>
internal sealed class SteadyWork : IDisposable
{
    /// <summary>The largest number of items that are read but not done.</summary>
    /// <remarks>More than all workers have at a time, and less than a second of work.</remarks>
    private const int MaxAhead = 600;

    private static readonly TimeSpan s_checkInterval = TimeSpan.FromMilliseconds(10);

    private readonly WorkerPool _pool;
    private readonly ManualResetEventSlim _ending = new();
    private volatile Job<int[]>? _job; // null until StartMap has returned; the source may be read before

    private SteadyWork(WorkerPool pool) => _pool = pool;

    /// <summary>The running job.</summary>
    public Job<int[]> Job => _job ?? throw new InvalidOperationException("The job has not been started.");

    /// <param name="pool">The pool that runs it.</param>
    /// <param name="function">The function of the numbers 0, 1, 2 and so on.</param>
    /// <param name="progress">Gets the reports of the job.</param>
    public static SteadyWork Start(WorkerPool pool, Func<int, int> function, IProgress<JobProgress>? progress)
    {
        var work = new SteadyWork(pool);
        work._job = pool.StartMap(function, work.ReadInputs(), new JobOptions { Progress = progress });
        return work;
    }

    /// <summary>Waits until the given number of further items are done.</summary>
    public async Task AwaitProgressAsync(int items = 50)
    {
        var done = Job.Progress.Done;
        await Deadline.Until(() => Job.Progress.Done >= done + items || Job.Completion.IsCompleted, $"{items} more items ({Job})", _pool);
        if (Job.Completion.IsCompleted)
            await Job.Completion; // throws: the job has failed
    }

    /// <summary>Ends the source, and waits for the job.</summary>
    /// <returns>All results.</returns>
    public Task<int[]> EndAsync()
    {
        _ending.Set();
        return Job.Within("the job", _pool);
    }

    public void Dispose() => _ending.Set(); // its source may still be read

    private IEnumerable<int> ReadInputs()
    {
        for (var x = 0; ; x++)
        {
            // The source is read on a thread that may block.
            while (IsAhead(x) && !_ending.Wait(s_checkInterval))
            {
                // Too many items are not done yet.
            }
            if (_ending.IsSet)
                yield break;
            yield return x;
        }
    }

    private bool IsAhead(int x) =>
        x >= MaxAhead && (_job is not { } job || (x - job.Progress.Done >= MaxAhead && !job.Completion.IsCompleted));
}
