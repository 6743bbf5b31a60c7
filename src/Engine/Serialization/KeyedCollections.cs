using System.Collections.ObjectModel;
using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>How classes that derive from <see cref="KeyedCollection{TKey, TItem}"/> travel.</summary>
/// <remarks>
/// As the comparer, the threshold and the items in their order. The index by keys is made anew at the end, when the items are complete: the
/// class itself says what the key of an item is.
/// </remarks>
internal static class KeyedCollections
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <param name="level">The keyed collection, with its type arguments.</param>
    /// <param name="arguments">The types of keys and items.</param>
    public static DerivedCollection Create(Type level, Type[] arguments) =>
        (DerivedCollection)typeof(KeyedCollections).GetMethod(nameof(CreateOf), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(arguments).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [level], null)!;

    private static DerivedCollection CreateOf<TKey, TItem>(Type level) where TKey : notnull
    {
        var constructor = level.GetConstructor(Any, [typeof(IEqualityComparer<TKey>), typeof(int)])!;
        var threshold = level.GetField("threshold", Any);
        var index = level.GetProperty("Dictionary", Any)!;
        var items = typeof(Collection<TItem>).GetProperty("Items", Any)!;
        var find = level.GetMethod("GetKeyForItem", Any)!;
        var makeIndex = level.GetMethod("CreateDictionary", Any, Type.EmptyTypes);
        return new DerivedCollection(level, typeof((IEqualityComparer<TKey>, int, TItem[])), Waits: true)
        {
            GetContent = (value, context) =>
            {
                Check((KeyedCollection<TKey, TItem>)value, context);
                var all = (IList<TItem>)items.GetValue(value)!;
                return (((KeyedCollection<TKey, TItem>)value).Comparer, (int)(threshold?.GetValue(value) ?? 0), all.ToArray());
            },
            Fill = (value, content) =>
            {
                var (comparer, limit, all) = ((IEqualityComparer<TKey>, int, TItem[]))content;
                constructor.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [comparer, limit == int.MaxValue ? -1 : limit], null);
                ((List<TItem>)items.GetValue(value)!).AddRange(all);
                if (all.Length > limit)
                    makeIndex?.Invoke(value, BindingFlags.DoNotWrapExceptions, null, null, null); // else it is made when an item is added
            },
        };

        // An item whose key has changed is under the old one.
        void Check(KeyedCollection<TKey, TItem> value, PayloadContext context)
        {
            if (index.GetValue(value) is not IDictionary<TKey, TItem> known)
                return;
            foreach (var item in value)
            {
                if (find.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [item], null) is TKey key && !known.ContainsKey(key))
                    throw KeyChecks.CreateError(value, "does not find one of its items", KeyChecks.Changed, context);
            }
        }
    }
}
