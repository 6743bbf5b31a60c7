using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Checks that a collection still finds its items.</summary>
/// <remarks>
/// An object that was changed after it was added has another hash code or place than the one under which the collection keeps it. Built
/// anew from its items, the copy would find what the original does not. Needed only where items or the comparer may change.
/// </remarks>
internal static class KeyChecks
{
    /// <exception cref="PayloadException">An item is not found.</exception>
    public static void CheckFound(bool isFound, object collection, PayloadContext context)
    {
        if (!isFound)
            throw CreateError(collection, "no longer finds one of its items", context);
    }

    /// <summary>Checks that a sorted collection is sorted.</summary>
    /// <exception cref="PayloadException">It is not.</exception>
    public static void CheckOrder<T>(IEnumerable<T> items, IComparer<T> comparer, object collection, PayloadContext context)
    {
        var isFirst = true;
        T last = default!;
        foreach (var item in items)
        {
            if (!isFirst && comparer.Compare(last, item) >= 0)
                throw CreateError(collection, "is no longer in order", context);
            (isFirst, last) = (false, item);
        }
    }

    private static PayloadException CreateError(object collection, string what, PayloadContext context) => context.CreateError(
        $"A [{TypeText.Format(collection.GetType())}] {what}, since an item or the comparer has changed since the item was added.",
        "Remove an item before you change it, or use items that cannot change.");
}
