using Akka.Actor;
using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Functions;
using ActorPool.Gathering;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function to inputs that are read lazily and yields the results as a stream. Python's <c>imap</c> and <c>imap_unordered</c>.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">Applied to each input, on a worker.</param>
    /// <param name="inputs">
    /// Inputs, possibly without end; enumerated on a thread of the pool, never further than <see cref="JobOptions.Window"/> ahead of what was yielded.
    /// Each enumeration of the stream is a job of its own and enumerates them anew.
    /// </param>
    /// <param name="options">How the job runs; null for defaults. <see cref="JobOptions.Order"/> chooses between the inputs' order and the order of completion.</param>
    /// <param name="cancellationToken">Ends the job, as a token given to <c>WithCancellation</c> does.</param>
    /// <returns>A stream of one result for each input. Nothing runs before it is enumerated; leaving the enumeration early ends the job.</returns>
    /// <exception cref="ArgumentException">An argument is null or an option impossible; thrown at the call.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown when the enumeration starts.</exception>
    /// <exception cref="WorkItemException">
    /// Thrown in the failing item's place. An enumerator that is moved on by hand goes on behind it: one failing item discards no other.
    /// <c>await foreach</c> leaves at the first one; see <c>TryStreamAsync</c> for outcomes instead of exceptions.
    /// </exception>
    /// <exception cref="TimeoutException">The enumeration took longer than <see cref="JobOptions.Timeout"/>.</exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated first.</exception>
    /// <exception cref="NoWorkersException">The workers could not start.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <remarks>
    /// What enumerating <paramref name="inputs"/> throws, the stream throws behind the results of the inputs before it. Memory is bounded by the window,
    /// however slow the consumer. An enumerator is for one consumer at a time.
    /// </remarks>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Stream(new ItemFunction<TIn, TOut>(function), Input.Lazily(inputs), options, cancellationToken);

    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(Func<TIn, TOut> function, IAsyncEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Stream(new ItemFunction<TIn, TOut>(function), Input.Lazily(inputs), options, cancellationToken);

    /// <summary>Applies an asynchronous function to inputs that are read lazily and yields the results as a stream.</summary>
    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Stream(new AsyncItemFunction<TIn, TOut>(function), Input.Lazily(inputs), options, cancellationToken);

    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, IAsyncEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Stream(new AsyncItemFunction<TIn, TOut>(function), Input.Lazily(inputs), options, cancellationToken);

    /// <summary>Applies a function to inputs that are read lazily and yields each item's value or error; no item's failure ends the stream.</summary>
    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <returns>A stream of one outcome for each input.</returns>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(new ItemFunction<TIn, TOut>(function), Input.Lazily(inputs), options, cancellationToken));

    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(Func<TIn, TOut> function, IAsyncEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(new ItemFunction<TIn, TOut>(function), Input.Lazily(inputs), options, cancellationToken));

    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(new AsyncItemFunction<TIn, TOut>(function), Input.Lazily(inputs), options, cancellationToken));

    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, IAsyncEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(new AsyncItemFunction<TIn, TOut>(function), Input.Lazily(inputs), options, cancellationToken));

    private void ReportYielded(JobPlan plan, long count) => Coordinator.Tell(new CoordinatorActor.Yielded(plan, count));

    private ResultStream<TOut> Stream<TIn, TOut>(ChunkFunction<TIn, TOut> function, Func<Input<TIn>> inputs, JobOptions? options, CancellationToken cancellationToken)
    {
        (options ??= JobOptions.Default).Validate(streams: true);
        return new ResultStream<TOut>(token =>
        {
            var (plan, gathering) = JobFactory.Stream(_pool, function, inputs(), options);
            Submit(plan, token);
            return new ResultEnumerator<TOut>(plan, gathering.Segments, EndJob, ReportYielded);
        }, cancellationToken);
    }
}
