using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Checks that a collection finds its items, where it is sent and where it arrives.</summary>
/// <remarks>
/// An object that was changed after it was added has another hash code or place than the one under which the collection keeps it. Built
/// anew from its items, the copy would find what the original does not. Needed only where items or the comparer may change.
/// </remarks>
internal static class KeyChecks
{
    /// <summary>Why a collection that is sent may not find its items.</summary>
    public const string Changed =
        "an item or the comparer may have changed since the item was added, or the comparer contradicts itself. "
        + "Remove an item before you change it, or use items that cannot change.";

    /// <summary>Why a collection that arrives may not find its items.</summary>
    public const string Arrived =
        "its items or its comparer may depend on a static field, a culture, or an object that holds the collection. "
        + "Let them depend on their own fields alone, or send the items and build the collection where it is used.";

    /// <summary>Checks that a collection finds each item, and that no two are equal.</summary>
    /// <exception cref="PayloadException">It does not.</exception>
    public static void CheckFound<T>(
        IEnumerable<T> items, Func<T, bool> contains, IEqualityComparer<T> comparer, object collection, string why, PayloadContext context)
    {
        var known = new HashSet<T>(comparer);
        foreach (var item in items)
        {
            if (!contains(item) || !known.Add(item))
                throw CreateError(collection, "does not find one of its items", why, context);
        }
    }

    /// <summary>Checks that a sorted collection is sorted, and that no two items are equal.</summary>
    /// <exception cref="PayloadException">It is not.</exception>
    public static void CheckOrder<T>(IEnumerable<T> items, IComparer<T> comparer, object collection, string why, PayloadContext context)
    {
        var isFirst = true;
        T last = default!;
        foreach (var item in items)
        {
            if (!isFirst && (comparer.Compare(last, item) >= 0 || comparer.Compare(item, last) <= 0))
                throw CreateError(collection, "is not in order", why, context);
            (isFirst, last) = (false, item);
        }
    }

    public static PayloadException CreateError(object collection, string what, string why, PayloadContext context) =>
        context.CreateError($"A [{TypeText.Format(collection.GetType())}] {what}:", why);
}
