using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Chunking;

/// <summary>Copies a collection that other threads may change at the same time.</summary>
/// <remarks>
/// Copies a concurrent collection with its own <c>ToArray</c>, which is one step. Reading the count and the items, or the count and a
/// <c>CopyTo</c>, is not: another thread may write in between, and the copy has items that were never in it, or too few.
/// </remarks>
internal static class Snapshot
{
    /// <summary>Returns the items at this moment; null for a collection that is not concurrent.</summary>
    public static T[]? TryTake<T>(IEnumerable<T> items) => items switch
    {
        T[] or List<T> => null, // by far the most frequent, so they come first
        IProducerConsumerCollection<T> concurrent => concurrent.ToArray(),
        BlockingCollection<T> blocking => blocking.ToArray(),
        _ => PairsTaker<T>.TryTake?.Invoke(items),
    };

    /// <summary>Returns the pairs at this moment; null for a dictionary that is not concurrent.</summary>
    public static KeyValuePair<TKey, TValue>[]? TryTakePairs<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> pairs)
        where TKey : notnull => pairs switch
        {
            Dictionary<TKey, TValue> => null,
            ConcurrentDictionary<TKey, TValue> concurrent => concurrent.ToArray(),
            ReadOnlyDictionary<TKey, TValue> view => TryTakeWrapped(view),
            _ => null,
        };

    /// <summary>Returns the pairs that a read-only dictionary wraps at this moment; null if not concurrent.</summary>
    public static KeyValuePair<TKey, TValue>[]? TryTakeWrapped<TKey, TValue>(ReadOnlyDictionary<TKey, TValue> view)
        where TKey : notnull => TryTakePairs(WrappedDictionary<TKey, TValue>.Get(view));

    /// <summary>Calls <see cref="TryTakePairs{TKey, TValue}"/> when the items are key-value pairs.</summary>
    private static class PairsTaker<T>
    {
        public static readonly Func<IEnumerable<T>, T[]?>? TryTake =
            typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
                ? typeof(Snapshot).GetMethod(nameof(TryTakePairs), BindingFlags.Static | BindingFlags.Public)!
                    .MakeGenericMethod(typeof(T).GetGenericArguments()).CreateDelegate<Func<IEnumerable<T>, T[]?>>()
                : null;
    }

    /// <summary>Reads the dictionary that a read-only one wraps, as derived classes may.</summary>
    private static class WrappedDictionary<TKey, TValue>
        where TKey : notnull
    {
        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Dictionary")]
        public static extern IDictionary<TKey, TValue> Get(ReadOnlyDictionary<TKey, TValue> view);
    }
}
