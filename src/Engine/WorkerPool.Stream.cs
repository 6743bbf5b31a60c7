using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Gathering;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function to lazily read inputs and yields the results as a stream.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to each input, on a worker. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that
    /// threw.
    /// </param>
    /// <param name="inputs">
    /// Inputs, possibly without end; enumerated on a thread of the pool, at most <see cref="JobOptions.Window"/> ahead of what was yielded.
    /// Each enumeration of the stream enumerates them anew, in the execution context in which it was started. An array is read in place:
    /// items that have not started may see what the caller changes in it. A list is enumerated while the stream runs: a change ends the
    /// stream with the list's <see cref="InvalidOperationException"/>. A concurrent collection is copied in one step when the enumeration
    /// starts.
    /// </param>
    /// <param name="options">
    /// How the job runs; null for defaults. <see cref="JobOptions.Order"/> selects the inputs' order or the order of completion.
    /// </param>
    /// <param name="cancellationToken">Ends the job, as a token given to <c>WithCancellation</c> does.</param>
    /// <returns>
    /// A stream of one result for each input, in the order of <see cref="JobOptions.Order"/>. Nothing runs before it is enumerated; each
    /// enumeration is a separate job, and leaving it early ends the job.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>, or a synchronous function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown when the enumeration starts.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown when the enumeration starts), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown when the enumeration starts, or by the stream if only
    /// the value of an input or a result shows it.
    /// </exception>
    /// <exception cref="WorkItemException">
    /// Thrown in the failing item's place. An enumerator that is moved on by hand continues after it: one failing item discards no other.
    /// <c>await foreach</c> ends at the first one; use <c>TryStreamAsync</c> for outcomes instead of exceptions.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The enumeration took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the stream ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled before the stream ended.</exception>
    /// <remarks>
    /// What enumerating <paramref name="inputs"/> throws, the stream throws after the results of the inputs before it. Memory is bounded by
    /// the window, however slow the consumer is. An enumerator is for one consumer at a time. As Python's <c>Pool.imap</c> and
    /// <c>imap_unordered</c>, but inputs are not read ahead without limit.
    /// </remarks>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(
        Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Stream(new ItemFunction<TIn, TOut>(function), Input.FromLazily(inputs), options, cancellationToken);

    /// <summary>Applies a function to lazily read inputs and yields the results as a stream.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to each input, on a worker. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that
    /// threw.
    /// </param>
    /// <param name="inputs">
    /// Inputs, possibly without end; enumerated without holding a thread, at most <see cref="JobOptions.Window"/> ahead of what was
    /// yielded. Each enumeration of the stream enumerates them anew, in the execution context in which it was started; their enumerator
    /// gets a token that is cancelled when the job ends.
    /// </param>
    /// <param name="options">
    /// How the job runs; null for defaults. <see cref="JobOptions.Order"/> selects the inputs' order or the order of completion.
    /// </param>
    /// <param name="cancellationToken">Ends the job, as a token given to <c>WithCancellation</c> does.</param>
    /// <returns>
    /// A stream of one result for each input, in the order of <see cref="JobOptions.Order"/>. Nothing runs before it is enumerated; each
    /// enumeration is a separate job, and leaving it early ends the job.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, or a synchronous function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown when the enumeration starts.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown when the enumeration starts), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown when the enumeration starts, or by the stream if only
    /// the value of an input or a result shows it.
    /// </exception>
    /// <exception cref="WorkItemException">
    /// Thrown in the failing item's place. An enumerator that is moved on by hand continues after it: one failing item discards no other.
    /// <c>await foreach</c> ends at the first one; use <c>TryStreamAsync</c> for outcomes instead of exceptions.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The enumeration took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the stream ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled before the stream ended.</exception>
    /// <remarks>
    /// What enumerating <paramref name="inputs"/> throws, the stream throws after the results of the inputs before it. Memory is bounded by
    /// the window, however slow the consumer is. An enumerator is for one consumer at a time. As Python's <c>Pool.imap</c> and
    /// <c>imap_unordered</c>, but inputs are not read ahead without limit.
    /// </remarks>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(
        Func<TIn, TOut> function, IAsyncEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Stream(new ItemFunction<TIn, TOut>(function), Input.FromLazily(inputs), options, cancellationToken);

    /// <summary>Applies an asynchronous function to lazily read inputs and yields the results as a stream.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is <see cref="WorkContext.CancellationToken"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Stream(new AsyncItemFunction<TIn, TOut>(function), Input.FromLazily(inputs), options, cancellationToken);

    /// <summary>Applies an asynchronous function to lazily read inputs and yields the results as a stream.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is <see cref="WorkContext.CancellationToken"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IAsyncEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function,
        IAsyncEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Stream(new AsyncItemFunction<TIn, TOut>(function), Input.FromLazily(inputs), options, cancellationToken);

    /// <summary>Applies a function to lazily read inputs and yields each item's value or error.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to each input, on a worker. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that
    /// threw.
    /// </param>
    /// <param name="inputs">
    /// Inputs, possibly without end; enumerated on a thread of the pool, at most <see cref="JobOptions.Window"/> ahead of what was yielded.
    /// Each enumeration of the stream enumerates them anew, in the execution context in which it was started. An array is read in place:
    /// items that have not started may see what the caller changes in it. A list is enumerated while the stream runs: a change ends the
    /// stream with the list's <see cref="InvalidOperationException"/>. A concurrent collection is copied in one step when the enumeration
    /// starts.
    /// </param>
    /// <param name="options">
    /// How the job runs; null for defaults. <see cref="JobOptions.Order"/> selects the inputs' order or the order of completion.
    /// </param>
    /// <param name="cancellationToken">Ends the job, as a token given to <c>WithCancellation</c> does.</param>
    /// <returns>
    /// A stream of one outcome, value or error, for each input, in the order of <see cref="JobOptions.Order"/>. Nothing runs before it is
    /// enumerated; each enumeration is a separate job, and leaving it early ends the job.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>, or a synchronous function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown when the enumeration starts.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown when the enumeration starts), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown when the enumeration starts, or by the stream if only
    /// the value of an input or a result shows it.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The enumeration took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the stream ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled before the stream ended.</exception>
    /// <remarks>
    /// No item's failure ends the stream. What enumerating <paramref name="inputs"/> throws, the stream throws after the outcomes of the
    /// inputs before it. Memory is bounded by the window, however slow the consumer is. An enumerator is for one consumer at a time.
    /// </remarks>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(
        Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(new ItemFunction<TIn, TOut>(function), Input.FromLazily(inputs), options, cancellationToken));

    /// <summary>Applies a function to lazily read inputs and yields each item's value or error.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to each input, on a worker. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that
    /// threw.
    /// </param>
    /// <param name="inputs">
    /// Inputs, possibly without end; enumerated without holding a thread, at most <see cref="JobOptions.Window"/> ahead of what was
    /// yielded. Each enumeration of the stream enumerates them anew, in the execution context in which it was started; their enumerator
    /// gets a token that is cancelled when the job ends.
    /// </param>
    /// <param name="options">
    /// How the job runs; null for defaults. <see cref="JobOptions.Order"/> selects the inputs' order or the order of completion.
    /// </param>
    /// <param name="cancellationToken">Ends the job, as a token given to <c>WithCancellation</c> does.</param>
    /// <returns>
    /// A stream of one outcome, value or error, for each input, in the order of <see cref="JobOptions.Order"/>. Nothing runs before it is
    /// enumerated; each enumeration is a separate job, and leaving it early ends the job.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, or a synchronous function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown when the enumeration starts.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown when the enumeration starts), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown when the enumeration starts, or by the stream if only
    /// the value of an input or a result shows it.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The enumeration took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the stream ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled before the stream ended.</exception>
    /// <remarks>
    /// No item's failure ends the stream. What enumerating <paramref name="inputs"/> throws, the stream throws after the outcomes of the
    /// inputs before it. Memory is bounded by the window, however slow the consumer is. An enumerator is for one consumer at a time.
    /// </remarks>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(
        Func<TIn, TOut> function, IAsyncEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(new ItemFunction<TIn, TOut>(function), Input.FromLazily(inputs), options, cancellationToken));

    /// <summary>Applies an asynchronous function to lazily read inputs and yields each item's value or error.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is <see cref="WorkContext.CancellationToken"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(
            Stream(new AsyncItemFunction<TIn, TOut>(function), Input.FromLazily(inputs), options, cancellationToken));

    /// <summary>Applies an asynchronous function to lazily read inputs and yields each item's value or error.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is <see cref="WorkContext.CancellationToken"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IAsyncEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function,
        IAsyncEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(
            Stream(new AsyncItemFunction<TIn, TOut>(function), Input.FromLazily(inputs), options, cancellationToken));

    private void ReportYielded(JobExecution execution, long count) => Coordinator.Tell(new JobProtocol.Yielded(execution, count));

    private ResultStream<TOut> Stream<TIn, TOut>(
        ChunkFunction<TIn, TOut> function, Func<Input<TIn>> inputs, JobOptions? options, CancellationToken cancellationToken)
    {
        (options ??= JobOptions.Default).Validate(streams: true);
        return new ResultStream<TOut>(token =>
        {
            var (execution, sink) = JobFactory.Stream(_pool, function, inputs(), options);
            Submit(execution, token);
            return new ResultEnumerator<TOut>(execution, sink.Segments, _endJob, ReportYielded);
        }, cancellationToken);
    }
}
