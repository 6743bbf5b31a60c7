using ActorPool.Functions;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function of two arguments to every pair; results keep the pairs' order. Python's <c>starmap</c>.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="inputs">n tuples of arguments; <c>xs.Zip(ys)</c> makes them from two sequences and ends with the shorter one.</param>
    public Task<TOut[]> StarMapAsync<T1, T2, TOut>(Func<T1, T2, TOut> function, IEnumerable<(T1, T2)> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Map(CallFactory.Star(function), inputs, options, cancellationToken);

    /// <summary>Applies a function of three arguments to every triple; results keep the triples' order.</summary>
    /// <inheritdoc cref="StarMapAsync{T1, T2, TOut}(Func{T1, T2, TOut}, IEnumerable{ValueTuple{T1, T2}}, JobOptions?, CancellationToken)"/>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    public Task<TOut[]> StarMapAsync<T1, T2, T3, TOut>(Func<T1, T2, T3, TOut> function, IEnumerable<(T1, T2, T3)> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Map(CallFactory.Star(function), inputs, options, cancellationToken);

    /// <summary>Applies a function of four arguments to every quadruple; results keep the quadruples' order.</summary>
    /// <inheritdoc cref="StarMapAsync{T1, T2, TOut}(Func{T1, T2, TOut}, IEnumerable{ValueTuple{T1, T2}}, JobOptions?, CancellationToken)"/>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    public Task<TOut[]> StarMapAsync<T1, T2, T3, T4, TOut>(Func<T1, T2, T3, T4, TOut> function, IEnumerable<(T1, T2, T3, T4)> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Map(CallFactory.Star(function), inputs, options, cancellationToken);
}
