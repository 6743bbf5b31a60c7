using System.Runtime.CompilerServices;
using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

// Functions that return a task and take no token.
//
// An async lambda fits three overloads: the one for functions of any result, with a task as the result, the one for Task, and the one for
// ValueTask. The first is less specific than the others, and the compiler finds the other two equally good. So those for Task have
// priority 1: an async lambda binds to them, a function that returns a ValueTask still fits only its own, and one that returns anything
// else fits neither. With type arguments, a lambda without a type of its own fits all three too (_ => null, _ => default, _ => throw …);
// it then runs as a function that returns a task, with the same outcome: see CallFactory.ToValueTask. Its task may be null so that such a
// lambda compiles without a warning. One such lambda has no outcome that is the same, and does not compile: _ => new(), which could also
// make a ValueTask; new T() says what is meant.
public sealed partial class WorkerPool
{
    /// <summary>Applies an asynchronous function to every input; results keep the inputs' order.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as the default result.
    /// </param>
    /// <returns>Array r of length n, r[i] = await function(inputs[i]); empty when n is 0.</returns>
    /// <inheritdoc
    /// cref="MapAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<TOut[]> MapAsync<TIn, TOut>(
        Func<TIn, Task<TOut>?> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.MapAsync(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function to every input; results keep the inputs' order.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <returns>Array r of length n, r[i] = await function(inputs[i]); empty when n is 0.</returns>
    /// <inheritdoc
    /// cref="MapAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public Task<TOut[]> MapAsync<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.MapAsync(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function to every input and returns each item's value or error.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as the default result.
    /// </param>
    /// <inheritdoc
    /// cref="TryMapAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<ItemResult<TOut>[]> TryMapAsync<TIn, TOut>(
        Func<TIn, Task<TOut>?> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => TryMap(CallFactory.MapAsync(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function to every input and returns each item's value or error.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc
    /// cref="TryMapAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public Task<ItemResult<TOut>[]> TryMapAsync<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => TryMap(CallFactory.MapAsync(function), inputs, options, cancellationToken);

    /// <summary>Starts a map with an asynchronous function and returns its handle.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as the default result.
    /// </param>
    /// <returns>The running job. Its result is array r of length n, r[i] = await function(inputs[i]); empty when n is 0.</returns>
    /// <inheritdoc
    /// cref="StartMap{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Job<TOut[]> StartMap<TIn, TOut>(
        Func<TIn, Task<TOut>?> function, IEnumerable<TIn> inputs, JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Start(JobFactory.Map(_pool, CallFactory.MapAsync(function), inputs, options), cancellationToken);

    /// <summary>Starts a map with an asynchronous function and returns its handle.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <returns>The running job. Its result is array r of length n, r[i] = await function(inputs[i]); empty when n is 0.</returns>
    /// <inheritdoc
    /// cref="StartMap{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public Job<TOut[]> StartMap<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Start(JobFactory.Map(_pool, CallFactory.MapAsync(function), inputs, options), cancellationToken);

    /// <summary>Starts a map with an asynchronous function in which no failure ends the job.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as the default result.
    /// </param>
    /// <inheritdoc
    /// cref="StartTryMap{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Job<ItemResult<TOut>[]> StartTryMap<TIn, TOut>(
        Func<TIn, Task<TOut>?> function, IEnumerable<TIn> inputs, JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Start(JobFactory.TryMap(_pool, CallFactory.MapAsync(function), inputs, options), cancellationToken);

    /// <summary>Starts a map with an asynchronous function in which no failure ends the job.</summary>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc
    /// cref="StartTryMap{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public Job<ItemResult<TOut>[]> StartTryMap<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Start(JobFactory.TryMap(_pool, CallFactory.MapAsync(function), inputs, options), cancellationToken);
}
