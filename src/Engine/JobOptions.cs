namespace ActorPool;

/// <summary>How one job is cut, ordered, retried, bounded in time and watched.</summary>
/// <remarks>A value: one instance may serve any number of jobs at once. Impossible values throw at the call that uses them.</remarks>
public sealed record JobOptions
{
    internal static readonly JobOptions Default = new();

    /// <summary>Inputs in one chunk, the unit that is handed to a worker.</summary>
    /// <value>
    /// 1 or more. Default <see langword="null"/>: adaptive. It starts with one input, grows by measured time towards chunks of
    /// <c>actorpool.chunk.target</c> (2 ms), and shrinks towards the end so that the workers finish together.
    /// </value>
    public int? ChunkSize { get; init; }

    /// <summary>The order in which a stream yields its results.</summary>
    /// <value>Default <see cref="JobOrder.Input"/>. Only streams can use <see cref="JobOrder.Completion"/>: arrays always have the inputs' order.</value>
    public JobOrder Order { get; init; }

    /// <summary>Inputs in flight at most: read from the source and not yet yielded to the caller (for jobs that return an array: not yet finished).</summary>
    /// <value>
    /// 1 or more; a stream never reads further than this beyond what it has yielded. At least the number of workers is sensible.
    /// Default <see langword="null"/>: four chunks for each worker, at most <c>actorpool.stream.max-window</c> items. Inputs that are in memory already
    /// are not bounded by it in jobs that return an array.
    /// </value>
    public int? Window { get; init; }

    /// <summary>How often an item whose function threw is run again, on another worker where there is one.</summary>
    /// <value>0 to 1000; default 0: the first exception is the item's outcome. The loss of a worker is not counted here: it is always made good.</value>
    public int Retries { get; init; }

    /// <summary>Says which exceptions are worth a retry.</summary>
    /// <value>
    /// Runs on a worker, after each failing attempt that could be followed by another. Default <see langword="null"/>: all of them, as long as
    /// <see cref="Retries"/> allows. A predicate that throws fails the item with both exceptions.
    /// </value>
    public Func<Exception, bool>? RetryWhen { get; init; }

    /// <summary>The longest that the function may run for one item.</summary>
    /// <value>
    /// More than 0, at most 24 days, of the pool's clock; default <see langword="null"/>: no limit. When it has passed, the item's
    /// <see cref="WorkContext.CancellationToken"/> is cancelled and the item fails with a <see cref="TimeoutException"/>. A function that does not come
    /// back within <c>actorpool.abandon-after</c> keeps its thread: its worker is abandoned and replaced, counted in
    /// <see cref="PoolStatistics.Abandoned"/>, and a warning names the item. For <c>MapChunksAsync</c> and <c>AggregateAsync</c> it is the limit of one chunk. Costs some tenths of a microsecond an item.
    /// </value>
    public TimeSpan? ItemTimeout { get; init; }

    /// <summary>The longest that the whole job may take, a stream's consumer included.</summary>
    /// <value>More than 0, at most 24 days, of the pool's clock; default <see langword="null"/>: no limit. When it has passed, the job ends with a <see cref="TimeoutException"/> that counts the unfinished items.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Is told of the job's progress: at its start, then at most every <c>actorpool.progress-interval</c>, and when it has succeeded.</summary>
    /// <value>
    /// Runs on a thread of the pool, one report at a time; reports that come while one is being handled are merged. The last one comes before the job
    /// completes. A handler that throws fails the job with its own exception. Default <see langword="null"/>.
    /// </value>
    public IProgress<JobProgress>? Progress { get; init; }

    /// <summary>A name for messages, logs and <see cref="WorkContext.JobName"/>.</summary>
    /// <value>Default <see langword="null"/>: <c>job-1</c>, <c>job-2</c> and so on.</value>
    public string? Name { get; init; }

    internal void Validate(bool streams)
    {
        Check(ChunkSize is null or >= 1, nameof(ChunkSize), ChunkSize, "1 or more, or null for adaptive chunks");
        Check(Window is null or >= 1, nameof(Window), Window, "1 or more, or null for a window that follows the chunks");
        Check(Retries is >= 0 and <= 1000, nameof(Retries), Retries, "0 to 1000");
        Check(Enum.IsDefined(Order), nameof(Order), Order, "a member of JobOrder");
        Check(streams || Order == JobOrder.Input, nameof(Order), Order, "JobOrder.Input: only StreamAsync can yield results as they complete");
        Check(IsDuration(ItemTimeout), nameof(ItemTimeout), ItemTimeout, "more than zero and at most 24 days, or null for no limit");
        Check(IsDuration(Timeout), nameof(Timeout), Timeout, "more than zero and at most 24 days, or null for no limit");
        Check(Name is not "", nameof(Name), Name, "a name, or null for a generated one");
        Check(RetryWhen is null || Retries > 0, nameof(RetryWhen), "a predicate", "null when Retries is 0: set Retries to the number of further attempts");
    }

    private static bool IsDuration(TimeSpan? value) => value is null || (value > TimeSpan.Zero && value <= TimeSpan.FromDays(24));

    private static void Check(bool holds, string member, object? value, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException($"options.{member}", value, $"JobOptions.{member} is [{value}]; it must be {expected}.");
    }
}
