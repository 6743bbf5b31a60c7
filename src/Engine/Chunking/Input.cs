using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorPool.Chunking;

/// <summary>A job's inputs, as the coordinator takes them.</summary>
/// <remarks>It takes what has arrived and never waits.</remarks>
internal abstract class Input
{
    /// <summary>How many inputs there are in total; null while unknown.</summary>
    public abstract long? Count { get; }

    /// <summary>Inputs taken so far.</summary>
    public long Taken { get; protected set; }

    /// <summary>Whether no input follows those taken.</summary>
    public bool IsExhausted => Count == Taken;

    /// <summary>What reads a source that must be enumerated; null for inputs in memory.</summary>
    public virtual IInputReader? Reader => null;

    /// <summary>Creates the input of a call: in memory if the collection allows it, else enumerated.</summary>
    /// <exception cref="ArgumentException">
    /// The inputs are null, or an <see cref="ImmutableArray{T}"/> that was never initialized.
    /// </exception>
    public static Input<T> From<T>(IEnumerable<T> inputs)
    {
        Check(inputs);
        return inputs switch
        {
            T[] array => new MemoryInput<T>(array),
            ImmutableArray<T> array => new MemoryInput<T>(ImmutableCollectionsMarshal.AsArray(array)),
            // A collection is copied, since its owner may change it as soon as the call has returned.
            List<T> list => new MemoryInput<T>(list.ToArray()),
            _ when Snapshot.TryTake(inputs) is { } copy => new MemoryInput<T>(copy),
            ICollection<T> collection when IsFrom("System.", collection) => FromCopy(collection),
            IReadOnlyCollection<T> collection when IsFrom("System.Collections.", collection) =>
                new MemoryInput<T>(new List<T>(collection).ToArray()),
            _ => new EnumeratedInput<T>(inputs),
        };
    }

    /// <summary>Returns a factory of a stream's input, called for each enumeration of the stream.</summary>
    /// <exception cref="ArgumentException">
    /// The inputs are null, or an <see cref="ImmutableArray{T}"/> that was never initialized.
    /// </exception>
    /// <remarks>The inputs are never read further than the consumer allows.</remarks>
    public static Func<Input<T>> FromLazily<T>(IEnumerable<T> inputs)
    {
        Check(inputs);
        return () => inputs is T[] array ? new MemoryInput<T>(array)
            : Snapshot.TryTake(inputs) is { } copy ? new MemoryInput<T>(copy)
            : new EnumeratedInput<T>(inputs);
    }

    /// <summary>Returns a factory of a stream's input, called for each enumeration of the stream.</summary>
    /// <exception cref="ArgumentNullException">The inputs are null.</exception>
    /// <remarks>The inputs are never read further than the consumer allows.</remarks>
    public static Func<Input<T>> FromLazily<T>(IAsyncEnumerable<T> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return () => new AsyncEnumeratedInput<T>(inputs);
    }

    private static void Check<T>(IEnumerable<T> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        // By its runtime type: it may have come as a sequence of a base type, which is no ImmutableArray<T>.
        if (inputs.GetType() is { IsValueType: true, IsGenericType: true } type
            && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            && inputs.Equals(RuntimeHelpers.GetUninitializedObject(type)))
        {
            throw new ArgumentException(
                "The inputs are the default of ImmutableArray, which has no items and no length. " +
                "Pass one that was made, by ImmutableArray.Create for example.", nameof(inputs));
        }
    }

    private static bool IsFrom(string prefix, object collection) =>
        collection.GetType().Namespace?.StartsWith(prefix, StringComparison.Ordinal) == true;

    private static MemoryInput<T> FromCopy<T>(ICollection<T> collection)
    {
        var copy = new T[collection.Count];
        collection.CopyTo(copy, 0);
        return new MemoryInput<T>(copy);
    }
}

/// <summary>An input with its type.</summary>
internal abstract class Input<T> : Input
{
    /// <summary>Takes up to <paramref name="max"/> neighbouring inputs; empty when none has arrived or remains.</summary>
    public abstract ReadOnlyMemory<T> Take(int max);

    /// <summary>Gets inputs that were taken before; empty if they are not kept.</summary>
    public virtual ReadOnlyMemory<T> GetAgain(long start, int count) => default;
}
