using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Gathering;
using ActorPool.Jobs;

namespace ActorPool;

// Streams of functions that return a task and take no token. The priorities are explained in WorkerPool.MapTask.cs.
public sealed partial class WorkerPool
{
    /// <summary>Applies an asynchronous function to lazily read inputs and yields the results as a stream.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as the default result.
    /// </param>
    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(
        Func<TIn, Task<TOut>?> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Stream(CallFactory.MapAsync(function), Input.FromLazily(inputs), options, cancellationToken);

    /// <summary>Applies an asynchronous function to lazily read inputs and yields the results as a stream.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Stream(CallFactory.MapAsync(function), Input.FromLazily(inputs), options, cancellationToken);

    /// <summary>Applies an asynchronous function to lazily read inputs and yields the results as a stream.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as the default result.
    /// </param>
    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IAsyncEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(
        Func<TIn, Task<TOut>?> function,
        IAsyncEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Stream(CallFactory.MapAsync(function), Input.FromLazily(inputs), options, cancellationToken);

    /// <summary>Applies an asynchronous function to lazily read inputs and yields the results as a stream.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="StreamAsync{TIn, TOut}(Func{TIn, TOut}, IAsyncEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TOut> StreamAsync<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function,
        IAsyncEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Stream(CallFactory.MapAsync(function), Input.FromLazily(inputs), options, cancellationToken);

    /// <summary>Applies an asynchronous function to lazily read inputs and yields each item's value or error.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as the default result.
    /// </param>
    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(
        Func<TIn, Task<TOut>?> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(CallFactory.MapAsync(function), Input.FromLazily(inputs), options, cancellationToken));

    /// <summary>Applies an asynchronous function to lazily read inputs and yields each item's value or error.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(CallFactory.MapAsync(function), Input.FromLazily(inputs), options, cancellationToken));

    /// <summary>Applies an asynchronous function to lazily read inputs and yields each item's value or error.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as the default result.
    /// </param>
    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IAsyncEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(
        Func<TIn, Task<TOut>?> function,
        IAsyncEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(CallFactory.MapAsync(function), Input.FromLazily(inputs), options, cancellationToken));

    /// <summary>Applies an asynchronous function to lazily read inputs and yields each item's value or error.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="TryStreamAsync{TIn, TOut}(Func{TIn, TOut}, IAsyncEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ItemResult<TOut>> TryStreamAsync<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function,
        IAsyncEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => new OutcomeStream<TOut>(Stream(CallFactory.MapAsync(function), Input.FromLazily(inputs), options, cancellationToken));
}
