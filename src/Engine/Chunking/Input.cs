using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ActorPool.Chunking;

/// <summary>Where a job's inputs come from, as the coordinator sees it: it takes what is there and never waits.</summary>
internal abstract class Input
{
    /// <summary>How many inputs there are in all; null while nobody knows.</summary>
    public abstract long? Count { get; }

    /// <summary>Inputs taken so far.</summary>
    public long Taken { get; protected set; }

    /// <summary>Whether no input will come behind those taken.</summary>
    public bool IsExhausted => Count == Taken;

    /// <summary>What reads a source that has to be enumerated; null for inputs in memory.</summary>
    public virtual IInputReader? Reader => null;

    /// <summary>Inputs that a caller hands over as a collection: in memory, unless only enumeration tells what they are.</summary>
    public static Input<T> Of<T>(IEnumerable<T> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs switch
        {
            T[] array => new MemoryInput<T>(array),
            ImmutableArray<T> array => new MemoryInput<T>(ImmutableCollectionsMarshal.AsArray(array)),
            // A collection is copied: its owner may change it as soon as the call has returned.
            List<T> list => new MemoryInput<T>(list.ToArray()),
            ICollection<T> collection when collection.GetType().Namespace?.StartsWith("System.", StringComparison.Ordinal) == true => Copy(collection),
            _ => new EnumeratedInput<T>(inputs),
        };
    }

    /// <summary>Inputs that are never read further than the consumer allows; made anew for each enumeration of the stream.</summary>
    public static Func<Input<T>> Lazily<T>(IEnumerable<T> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return () => inputs is T[] array ? new MemoryInput<T>(array) : new EnumeratedInput<T>(inputs);
    }

    /// <inheritdoc cref="Lazily{T}(IEnumerable{T})"/>
    public static Func<Input<T>> Lazily<T>(IAsyncEnumerable<T> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return () => new AsyncEnumeratedInput<T>(inputs);
    }

    private static MemoryInput<T> Copy<T>(ICollection<T> collection)
    {
        var copy = new T[collection.Count];
        collection.CopyTo(copy, 0);
        return new MemoryInput<T>(copy);
    }
}

/// <summary>An input with its type.</summary>
internal abstract class Input<T> : Input
{
    /// <summary>Takes up to <paramref name="most"/> neighbouring inputs; none when none is there yet or left.</summary>
    public abstract ReadOnlyMemory<T> Take(int most);
}

/// <summary>Inputs that are in memory, taken as slices.</summary>
internal sealed class MemoryInput<T> : Input<T>
{
    private readonly ReadOnlyMemory<T> _inputs;
    private readonly long _first;

    /// <param name="inputs">The inputs.</param>
    /// <param name="first">Position of the first one, for a part of a larger job: those before it count as taken.</param>
    public MemoryInput(ReadOnlyMemory<T> inputs, long first = 0)
    {
        (_inputs, _first) = (inputs, first);
        Taken = first;
    }

    public override long? Count => _first + _inputs.Length;

    public override ReadOnlyMemory<T> Take(int most)
    {
        var taken = (int)(Taken - _first);
        var slice = _inputs.Slice(taken, Math.Min(most, _inputs.Length - taken));
        Taken += slice.Length;
        return slice;
    }
}
