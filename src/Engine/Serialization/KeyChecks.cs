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
        "its items or its comparer may depend on the time zone (times of the kind Local, where clocks are set back or beside unspecified "
        + "ones), a static field, a culture, or an object that holds the collection. Use times of the kind Utc; let items depend on their "
        + "own fields alone; or send the items and build the collection where it is used.";

    private const string HasEqual = "has two items that are equal in this process and were not where it was sent";

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

    /// <summary>Checks that a collection that was built has as many items as were sent.</summary>
    /// <exception cref="PayloadException">Some are equal here.</exception>
    public static void CheckCount(int built, int sent, object collection, PayloadContext context)
    {
        if (built != sent)
            throw CreateError(collection, HasEqual, Arrived, context);
    }

    public static PayloadException CreateError(object collection, string what, string why, PayloadContext context) =>
        context.CreateError($"A [{TypeText.Format(collection.GetType())}] {what}:", why);
}
