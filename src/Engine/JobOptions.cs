namespace ActorPool;

/// <summary>How one job is cut, ordered, retried, bounded in time and watched.</summary>
/// <remarks>A value: one instance may serve any number of jobs at once. Values out of range throw at the call that uses them.</remarks>
public sealed record JobOptions
{
    internal static readonly JobOptions Default = new();

    // It travels with the job, and stands in logs and reports of up to a thousand jobs.
    private const int MaxNameChars = 1000;

    /// <summary>Inputs in one chunk, the unit that is dispatched to a worker.</summary>
    /// <value>
    /// 1 or more. Default <see langword="null"/>: adaptive. It starts with one input, grows by measured time towards chunks of
    /// <c>actorpool.chunk.target</c> (2 ms), in a pool over nodes of <c>actorpool.cluster.chunk-target</c> (20 ms), and shrinks towards the
    /// end so that the workers finish together.
    /// </value>
    public int? ChunkSize { get; init; }

    /// <summary>The order in which a stream yields its results.</summary>
    /// <value>
    /// Default <see cref="JobOrder.Input"/>. Only streams can use <see cref="JobOrder.Completion"/>: arrays always have the inputs' order.
    /// </value>
    public JobOrder Order { get; init; }

    /// <summary>The most inputs that are in flight at a time.</summary>
    /// <value>
    /// 1 or more. An input is in flight from when it is read from the source until a stream has yielded its result, a fold has merged it
    /// or, in other jobs, it is finished. A stream never reads further than this beyond what it has yielded. At least the number of workers
    /// is sensible. Default <see langword="null"/>: four chunks for each worker, at most <c>actorpool.stream.max-window</c> items. Inputs
    /// that are already in memory are bounded only in streams and folds.
    /// </value>
    public int? Window { get; init; }

    /// <summary>How often an item that threw or exceeded <see cref="ItemTimeout"/> runs again.</summary>
    /// <value>
    /// 0 to 1000; default 0: the first error is the item's outcome. A retry runs on another worker if there is one; an item that failed on
    /// a node is retried on that node. The loss of a worker does not count here: what it had runs again in any case.
    /// </value>
    public int Retries { get; init; }

    /// <summary>Decides which exceptions are worth a retry.</summary>
    /// <value>
    /// Runs on a worker, after each failing attempt that could be followed by another. Default <see langword="null"/>: all of them, as long
    /// as <see cref="Retries"/> allows. A predicate that throws fails the item with both exceptions. One that does not return
    /// within <c>actorpool.retry-when-timeout</c> (1 min) fails the item with an <see cref="AggregateException"/> that names it, and its
    /// worker is replaced as after <see cref="ItemTimeout"/>. In a pool over nodes it travels like the function.
    /// </value>
    public Func<Exception, bool>? RetryWhen { get; init; }

    /// <summary>The longest that the function may run for one item.</summary>
    /// <value>
    /// More than 0, at most 24 days, of the pool's clock; default <see langword="null"/>: no limit. When it has passed, the item's
    /// <see cref="WorkContext.CancellationToken"/> is cancelled, and the attempt fails with a <see cref="TimeoutException"/>, which
    /// <see cref="Retries"/> counts. If the function does not return within <c>actorpool.abandon-after</c>, its worker is abandoned and
    /// replaced, counted in <see cref="PoolStatistics.Abandoned"/>, and a warning names the item. A worker process is killed then, and
    /// counted in <see cref="PoolStatistics.Lost"/>. For <c>MapChunksAsync</c> and
    /// <c>AggregateAsync</c> it is the limit of one chunk. On nodes and in worker processes it does not count while code of the program's
    /// reads an input or writes a result, as a converter or a sequence that is computed late: only <see cref="Timeout"/> does. Costs some
    /// tenths of a microsecond an item.
    /// </value>
    public TimeSpan? ItemTimeout { get; init; }

    /// <summary>The longest that the whole job may take, a stream's consumer included.</summary>
    /// <value>
    /// More than 0, at most 24 days, of the pool's clock; default <see langword="null"/>: no limit. When it has passed, the job ends with a
    /// <see cref="TimeoutException"/> that counts the unfinished items.
    /// </value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Receives reports of the job's progress.</summary>
    /// <value>
    /// Called at the job's start, then at most every <c>actorpool.progress-interval</c>, and at the job's end, before it completes:
    /// that last report has a <see cref="JobProgress.State"/> other than <see cref="JobState.Running"/>. An error or a cancellation
    /// waits at most a second for it, and a pool that is disposed does not wait for it. In a pool over nodes also, at once, when the
    /// last worker is lost and when one arrives again. Runs on a thread of the pool, one report at a time; reports that come while one
    /// is being handled are merged. Each report starts in the execution context of the call (of a stream: in that of its enumeration),
    /// with the caller's <c>AsyncLocal</c>s, culture and activity. A handler that throws fails the job with its own exception. Default
    /// <see langword="null"/>.
    /// </value>
    public IProgress<JobProgress>? Progress { get; init; }

    /// <summary>A name for messages, logs and <see cref="WorkContext.JobName"/>.</summary>
    /// <value>1 to 1,000 characters; default <see langword="null"/>: <c>job-1</c>, <c>job-2</c> and so on.</value>
    public string? Name { get; init; }

    /// <summary>Whether <c>job.Insights</c> and reports show the inputs of failed and slow items.</summary>
    /// <value>
    /// Default <see langword="false"/>: inputs are never in it. If true, the pool calls <see cref="object.ToString"/>, or
    /// <see cref="IFormattable.ToString(string, IFormatProvider)"/> in the invariant culture, of inputs in the program's own process, never
    /// at a node: of items that failed for good, at most 20 in each of 20 groups, and of the first item of each chunk that is among the 20
    /// slowest so far. That runs on a thread of its own, beside the job. One that throws is named in place of the text, and one that never
    /// returns keeps that thread: the job then shows no further inputs, and goes on. A text has at most 200 characters and no control
    /// characters. Whoever sees the job, at the dashboard and in saved reports too, then sees these inputs.
    /// </value>
    public bool ShowInputs { get; init; }

    internal void Validate(bool streams)
    {
        Check(ChunkSize is null or >= 1, nameof(ChunkSize), ChunkSize, "1 or more, or null for adaptive chunks");
        Check(Window is null or >= 1, nameof(Window), Window, "1 or more, or null for a window that follows the chunks");
        Check(Retries is >= 0 and <= 1000, nameof(Retries), Retries, "0 to 1000");
        Check(Enum.IsDefined(Order), nameof(Order), Order, "a member of JobOrder");
        Check(
            streams || Order == JobOrder.Input,
            nameof(Order), Order, "JobOrder.Input: only StreamAsync can yield results as they complete");
        Check(IsDuration(ItemTimeout), nameof(ItemTimeout), ItemTimeout, "more than zero and at most 24 days, or null for no limit");
        Check(IsDuration(Timeout), nameof(Timeout), Timeout, "more than zero and at most 24 days, or null for no limit");
        Check(Name is not "", nameof(Name), Name, "a name, or null for a generated one");
        Check(Name is null or { Length: <= MaxNameChars }, "Name.Length", Name?.Length, "at most 1000 characters");
        Check(
            RetryWhen is null || Retries > 0,
            nameof(RetryWhen), "a predicate", "null when Retries is 0: set Retries to the number of further attempts");
    }

    private static bool IsDuration(TimeSpan? value) => value is null || (value > TimeSpan.Zero && value <= TimeSpan.FromDays(24));

    // Generic, since each call checks its options: as objects the values would be allocated.
    private static void Check<T>(bool holds, string member, T value, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException($"options.{member}", value, $"JobOptions.{member} is [{value}]; it must be {expected}.");
    }
}
