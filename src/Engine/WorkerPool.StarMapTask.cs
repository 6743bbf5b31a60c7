using System.Runtime.CompilerServices;
using ActorPool.Jobs;

namespace ActorPool;

// Functions of several arguments that return a task. The priorities are explained in WorkerPool.MapTask.cs.
public sealed partial class WorkerPool
{
    /// <summary>Applies an asynchronous function of two arguments to every pair; results keep the inputs' order.</summary>
    /// <param name="function">
    /// Awaited for the values of each tuple, in their order, one tuple at a time on each worker; its token is that of
    /// <see cref="WorkContext.Current"/>. It holds no thread while it waits, so for I/O give the pool as many workers as items should be in
    /// flight. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that threw. A null
    /// in place of a task counts as the default result.
    /// </param>
    /// <returns>Array r of length n, r[i] = await function(inputs[i].Item1, inputs[i].Item2); empty when n is 0.</returns>
    /// <inheritdoc
    /// cref="StarMapAsync{T1, T2, TOut}(Func{T1, T2, TOut}, IEnumerable{ValueTuple{T1, T2}}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<TOut[]> StarMapAsync<T1, T2, TOut>(
        Func<T1, T2, Task<TOut>?> function,
        IEnumerable<(T1, T2)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.StarAsync(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function of two arguments to every pair; results keep the inputs' order.</summary>
    /// <param name="function">
    /// Awaited for the values of each tuple, in their order, one tuple at a time on each worker; its token is that of
    /// <see cref="WorkContext.Current"/>. It holds no thread while it waits, so for I/O give the pool as many workers as items should be in
    /// flight. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <returns>Array r of length n, r[i] = await function(inputs[i].Item1, inputs[i].Item2); empty when n is 0.</returns>
    /// <inheritdoc
    /// cref="StarMapAsync{T1, T2, TOut}(Func{T1, T2, TOut}, IEnumerable{ValueTuple{T1, T2}}, JobOptions?, CancellationToken)"/>
    public Task<TOut[]> StarMapAsync<T1, T2, TOut>(
        Func<T1, T2, ValueTask<TOut>> function,
        IEnumerable<(T1, T2)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.StarAsync(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function of three arguments to every triple; results keep the inputs' order.</summary>
    /// <param name="function">
    /// Awaited for the values of each tuple, in their order, one tuple at a time on each worker; its token is that of
    /// <see cref="WorkContext.Current"/>. It holds no thread while it waits, so for I/O give the pool as many workers as items should be in
    /// flight. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that threw. A null
    /// in place of a task counts as the default result.
    /// </param>
    /// <returns>Array r of length n, r[i] = await function(inputs[i].Item1, inputs[i].Item2, inputs[i].Item3); empty when n is 0.</returns>
    /// <inheritdoc
    /// cref="StarMapAsync{T1, T2, T3, TOut}(Func{T1, T2, T3, TOut}, IEnumerable{ValueTuple{T1, T2, T3}}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<TOut[]> StarMapAsync<T1, T2, T3, TOut>(
        Func<T1, T2, T3, Task<TOut>?> function,
        IEnumerable<(T1, T2, T3)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.StarAsync(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function of three arguments to every triple; results keep the inputs' order.</summary>
    /// <param name="function">
    /// Awaited for the values of each tuple, in their order, one tuple at a time on each worker; its token is that of
    /// <see cref="WorkContext.Current"/>. It holds no thread while it waits, so for I/O give the pool as many workers as items should be in
    /// flight. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <returns>Array r of length n, r[i] = await function(inputs[i].Item1, inputs[i].Item2, inputs[i].Item3); empty when n is 0.</returns>
    /// <inheritdoc
    /// cref="StarMapAsync{T1, T2, T3, TOut}(Func{T1, T2, T3, TOut}, IEnumerable{ValueTuple{T1, T2, T3}}, JobOptions?, CancellationToken)"/>
    public Task<TOut[]> StarMapAsync<T1, T2, T3, TOut>(
        Func<T1, T2, T3, ValueTask<TOut>> function,
        IEnumerable<(T1, T2, T3)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.StarAsync(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function of four arguments to every quadruple; results keep the inputs' order.</summary>
    /// <param name="function">
    /// Awaited for the values of each tuple, in their order, one tuple at a time on each worker; its token is that of
    /// <see cref="WorkContext.Current"/>. It holds no thread while it waits, so for I/O give the pool as many workers as items should be in
    /// flight. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that threw. A null
    /// in place of a task counts as the default result.
    /// </param>
    /// <returns>
    /// Array r of length n, r[i] = await function(inputs[i].Item1, inputs[i].Item2, inputs[i].Item3, inputs[i].Item4);
    /// empty when n is 0.
    /// </returns>
    /// <inheritdoc
    /// cref="StarMapAsync{T1,T2,T3,T4,TOut}(Func{T1,T2,T3,T4,TOut},IEnumerable{ValueTuple{T1,T2,T3,T4}},JobOptions?,CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<TOut[]> StarMapAsync<T1, T2, T3, T4, TOut>(
        Func<T1, T2, T3, T4, Task<TOut>?> function,
        IEnumerable<(T1, T2, T3, T4)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.StarAsync(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function of four arguments to every quadruple; results keep the inputs' order.</summary>
    /// <param name="function">
    /// Awaited for the values of each tuple, in their order, one tuple at a time on each worker; its token is that of
    /// <see cref="WorkContext.Current"/>. It holds no thread while it waits, so for I/O give the pool as many workers as items should be in
    /// flight. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <returns>
    /// Array r of length n, r[i] = await function(inputs[i].Item1, inputs[i].Item2, inputs[i].Item3, inputs[i].Item4);
    /// empty when n is 0.
    /// </returns>
    /// <inheritdoc
    /// cref="StarMapAsync{T1,T2,T3,T4,TOut}(Func{T1,T2,T3,T4,TOut},IEnumerable{ValueTuple{T1,T2,T3,T4}},JobOptions?,CancellationToken)"/>
    public Task<TOut[]> StarMapAsync<T1, T2, T3, T4, TOut>(
        Func<T1, T2, T3, T4, ValueTask<TOut>> function,
        IEnumerable<(T1, T2, T3, T4)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.StarAsync(function), inputs, options, cancellationToken);
}
