using ActorPool.Serialization;

namespace ActorPool;

/// <summary>Sends values of one type between processes as values of another.</summary>
/// <remarks>Derive from <see cref="PayloadConverter{T, TSurrogate}"/>.</remarks>
public abstract class PayloadConverter
{
    private protected PayloadConverter() { }

    internal abstract Conversion Describe();
}

/// <summary>Sends values of <typeparamref name="T"/> between processes as values of <typeparamref name="TSurrogate"/>.</summary>
/// <typeparam name="T">
/// What is converted: a class, an interface, or a structure that holds references. Values of derived types are converted, too, unless a
/// converter is given for a nearer type.
/// </typeparam>
/// <typeparam name="TSurrogate">What travels instead; its values must be able to travel.</typeparam>
/// <remarks>
/// For types of other libraries whose fields cannot travel, or do not hold what a value means: a time zone that is found by its id, a
/// matrix in native memory. Given to <see cref="WorkerPoolOptions.Converters"/>. The converter travels with the code of a pool's functions,
/// by its fields; values pass through it wherever they stand: in inputs, results, captured variables, broadcast values and exceptions.
/// One object stays one object within an item, as without a converter. Both methods are called on threads that write and read payloads,
/// several at a time, and must not block. What they throw becomes a <see cref="PayloadException"/> that names the type. The same idea:
/// Orleans' <c>IConverter</c>, and <c>copyreg</c> for Python's pickle.
/// </remarks>
public abstract class PayloadConverter<T, TSurrogate> : PayloadConverter
    where T : notnull
{
#pragma warning disable RS0022 // the base class is for lists of converters; this one is what is derived from
    /// <summary>For derived classes.</summary>
    protected PayloadConverter() { }
#pragma warning restore RS0022

    /// <summary>Makes what travels instead of a value.</summary>
    /// <param name="value">The value; never <see langword="null"/>, which travels as itself.</param>
    /// <returns>The surrogate. It must not contain <paramref name="value"/>.</returns>
    public abstract TSurrogate ToSurrogate(T value);

    /// <summary>Makes a value from what travelled.</summary>
    /// <param name="surrogate">What <see cref="ToSurrogate"/> returned in the other process, after its own journey.</param>
    /// <returns>The value, not <see langword="null"/>.</returns>
    public abstract T FromSurrogate(TSurrogate surrogate);

    internal override Conversion Describe() =>
        new(typeof(T), typeof(TSurrogate), (Func<T, TSurrogate>)ToSurrogate, (Func<TSurrogate, T>)FromSurrogate);
}
